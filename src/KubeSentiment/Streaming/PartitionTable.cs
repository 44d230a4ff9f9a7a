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

    public void Add(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions[partition] = null;
        }

        Publish(null);
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions.Remove(partition);
        }

        Publish(null);
    }

    public void Clear()
    {
        _positions.Clear();
        Publish(null);
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

    /// <summary>Makes the snapshot anew, with the ends that the consumer has heard of.</summary>
    public void Publish(IConsumer<byte[]?, byte[]?>? consumer)
    {
        var known = _snapshot.ToDictionary(info => info.Partition, info => info.End);
        _snapshot = [.. _positions.OrderBy(entry => entry.Key.Partition.Value).Select(entry =>
        {
            var end = consumer is null ? known.GetValueOrDefault(entry.Key.Partition.Value) : EndOf(consumer, entry.Key);
            var position = entry.Value ?? (consumer is null ? null : PositionOf(consumer, entry.Key));
            return new PartitionInfo(entry.Key.Partition.Value, position, end, end is { } last && position is { } next ? Math.Max(0, last - next) : null);
        })];
    }

    private static long? EndOf(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition)
    {
        // What the consumer has in memory: no request is made.
        var high = consumer.GetWatermarkOffsets(partition).High;
        return high.IsSpecial ? null : high.Value;
    }

    /// <summary>A consumer that has read nothing of a partition yet knows its position only from the group, or not at all.</summary>
    private static long? PositionOf(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition)
    {
        var position = consumer.Position(partition);
        return position.IsSpecial ? null : position.Value;
    }
}
