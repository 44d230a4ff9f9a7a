using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Streaming;

/// <summary>Messages that are predicted together and committed together. Belongs to the thread of the consumer that polled it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and links to none; the prediction may look at its token at any time.")]
public sealed class StreamBatch
{
    private readonly CancellationTokenSource _abandon = new();
    private readonly List<StreamRecord> _records = [];

    internal StreamBatch() => Abandoned = _abandon.Token;

    /// <summary>What has become of it.</summary>
    public StreamBatchState State { get; private set; } = StreamBatchState.InHand;

    /// <summary>Messages that are still this consumer's.</summary>
    public int Count { get; private set; }

    /// <summary>Whether its predictions are there, so that committing it waits for nothing but Kafka.</summary>
    public bool IsPredicted => Prediction is { IsCompleted: true };

    internal IReadOnlyList<StreamRecord> Records => _records;

    internal long Bytes { get; private set; }

    /// <summary>The name that its reader had in the group.</summary>
    internal string? Member { get; set; }

    /// <summary>Completes when every record has its outgoing message; null while the batch is still being read.</summary>
    internal Task? Prediction { get; set; }

    /// <summary>Ends the prediction when nobody wants it any more.</summary>
    internal CancellationToken Abandoned { get; }

    /// <summary>Records that are still wanted, in the order in which they came.</summary>
    internal IEnumerable<StreamRecord> Live => _records.Where(record => !record.IsDropped);

    internal void Add(ConsumeResult<byte[]?, byte[]?> message, int refusals = 0)
    {
        _records.Add(new StreamRecord(message) { Refusals = refusals });
        Bytes += DeadLetter.SizeOf(message.Message);
        Count++;
    }

    internal bool Holds(TopicPartition partition) => Live.Any(record => record.Consumed.TopicPartition == partition);

    /// <summary>Leaves the messages of a partition to its next owner.</summary>
    internal void Drop(TopicPartition partition)
    {
        foreach (var record in Live.Where(record => record.Consumed.TopicPartition == partition))
        {
            record.IsDropped = true;
            Count--;
        }
    }

    /// <summary>Leaves everything.</summary>
    internal void DropAll()
    {
        if (State == StreamBatchState.InHand)
        {
            State = StreamBatchState.Dropped;
            _abandon.Cancel();
        }
    }

    /// <summary>All of it is written.</summary>
    internal void Committed() => State = StreamBatchState.Committed;

    /// <summary>The first offset of each partition.</summary>
    internal IEnumerable<TopicPartitionOffset> Beginnings() => Live
        .GroupBy(record => record.Consumed.TopicPartition)
        .Select(partition => new TopicPartitionOffset(partition.Key, partition.Min(record => record.Consumed.Offset.Value)));

    /// <summary>The offset after the last one of each partition.</summary>
    internal IReadOnlyList<TopicPartitionOffset> Ends()
    {
        // Records of a partition come in the order of their offsets, so the last one seen is the last one.
        var ends = new Dictionary<TopicPartition, TopicPartitionOffset>();
        foreach (var record in Live)
        {
            ends[record.Consumed.TopicPartition] = new(record.Consumed.TopicPartition, record.Consumed.Offset + 1, record.Consumed.LeaderEpoch);
        }

        return [.. ends.Values];
    }
}

/// <summary>What has become of a batch.</summary>
public enum StreamBatchState
{
    /// <summary>Polled, not committed.</summary>
    InHand,

    /// <summary>Results, dead letters and offsets are written.</summary>
    Committed,

    /// <summary>Given up: nothing of it is visible, and its messages come again, here or elsewhere.</summary>
    Dropped,
}
