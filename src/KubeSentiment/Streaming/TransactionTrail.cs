using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Where the last transactions of a producer's name have been, so that they can be settled when their end is in doubt.</summary>
/// <remarks>
/// A batch that is committed replaces all before it: the broker lets no transaction begin before the end markers of the last one are written. Others join. So the topics'
/// partitions bound it. The consumer's thread only.
/// </remarks>
internal sealed class TransactionTrail
{
    private readonly Dictionary<TopicPartition, long> _sources = [];
    private readonly HashSet<(int Partition, bool IsDeadLetter)> _targets = [];

    public bool IsEmpty => _sources.Count == 0;

    /// <summary>The first offset that was read of each partition.</summary>
    public IReadOnlyList<TopicPartitionOffset> Beginnings => [.. _sources.Select(source => new TopicPartitionOffset(source.Key, source.Value))];

    /// <summary>The partitions that were written to.</summary>
    public IEnumerable<TopicPartition> Targets(OutputTopics topics) => _targets.Select(target => topics.For(target.Partition, target.IsDeadLetter)).Distinct();

    /// <summary>A batch whose writing begins.</summary>
    public void Begin(StreamBatch batch)
    {
        foreach (var beginning in batch.Beginnings())
        {
            var offset = beginning.Offset.Value;
            _sources[beginning.TopicPartition] = _sources.TryGetValue(beginning.TopicPartition, out var known) ? Math.Min(known, offset) : offset;
        }

        foreach (var record in batch.Live)
        {
            if (record.Outgoing is { } outgoing)
            {
                _targets.Add((record.Consumed.Partition.Value, outgoing.IsDeadLetter));
            }
        }
    }

    /// <summary>A batch that is committed.</summary>
    public void Committed(StreamBatch batch)
    {
        _sources.Clear();
        _targets.Clear();
        Begin(batch);
    }
}
