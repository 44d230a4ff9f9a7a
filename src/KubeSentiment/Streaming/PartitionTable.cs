using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>The partitions of one consumer and how far it has come in them. Changed by its thread; others read the last snapshot.</summary>
internal sealed class PartitionTable
{
    // The consumer's thread only. The value is the next offset to process, where it is known.
    private readonly Dictionary<TopicPartition, long?> _positions = [];

    // Swapped whole.
    private volatile IReadOnlyList<PartitionInfo> _snapshot = [];

    public IReadOnlyList<PartitionInfo> Snapshot => _snapshot;

    /// <summary>Partitions of which nothing is known but that they are this consumer's.</summary>
    public IReadOnlyList<TopicPartition> Unknown => [.. _positions.Where(entry => entry.Value is null).Select(entry => entry.Key)];

    public bool IsEmpty => _positions.Count == 0;

    public bool Holds(TopicPartition partition) => _positions.ContainsKey(partition);

    public void Add(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions[partition] = null;
        }

        Publish(_ => null);
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions.Remove(partition);
        }

        Publish(_ => null);
    }

    public void Clear()
    {
        _positions.Clear();
        Publish(_ => null);
    }

    /// <summary>Where a partition begins that has no position yet.</summary>
    public void Begin(TopicPartition partition, long offset)
    {
        if (_positions.TryGetValue(partition, out var position) && position is null)
        {
            _positions[partition] = offset;
        }
    }

    /// <summary>Everything before these offsets is processed.</summary>
    public void Advance(IEnumerable<TopicPartitionOffset> ends)
    {
        foreach (var end in ends.Where(end => _positions.ContainsKey(end.TopicPartition)))
        {
            _positions[end.TopicPartition] = end.Offset.Value;
        }
    }

    /// <summary>Makes the snapshot anew.</summary>
    /// <param name="endOf">The offset after the last message of a partition; null where it is not known, which leaves the one of the last snapshot.</param>
    public void Publish(Func<TopicPartition, long?> endOf)
    {
        var known = _snapshot.ToDictionary(info => info.Partition, info => info.End);
        _snapshot = [.. _positions.OrderBy(entry => entry.Key.Partition.Value).Select(entry =>
        {
            var number = entry.Key.Partition.Value;
            var end = endOf(entry.Key) ?? known.GetValueOrDefault(number);
            return new PartitionInfo(number, entry.Value, end, end is { } last && entry.Value is { } next ? Math.Max(0, last - next) : null);
        })];
    }
}
