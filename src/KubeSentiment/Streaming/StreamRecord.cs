using Confluent.Kafka;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Streaming;

/// <summary>A message in hand.</summary>
internal sealed class StreamRecord(ConsumeResult<byte[]?, byte[]?> consumed)
{
    public ConsumeResult<byte[]?, byte[]?> Consumed { get; } = consumed;

    public SourcePosition Source => new(Consumed.Topic, Consumed.Partition.Value, Consumed.Offset.Value);

    /// <summary>What is written for it, set by the prediction; null before, and for a poison message where dead letters are off.</summary>
    public OutgoingMessage? Outgoing { get; set; }

    /// <summary>How often Kafka has refused what was written for it alone.</summary>
    public int Refusals { get; init; }

    /// <summary>Its partition was given up: it is its next owner's. Only the consumer's thread reads and writes this.</summary>
    public bool IsDropped { get; set; }
}
