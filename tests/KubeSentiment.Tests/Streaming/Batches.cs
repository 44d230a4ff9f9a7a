using System.Text;
using Confluent.Kafka;
using KubeSentiment.Streaming;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Batches and messages as a broker would give them.</summary>
internal static class Batches
{
    public const string Topic = "in";

    /// <summary>A predicted batch of messages at these places.</summary>
    public static StreamBatch Of(params ReadOnlySpan<(int Partition, long Offset)> places)
    {
        var batch = new StreamBatch();
        foreach (var (partition, offset) in places)
        {
            batch.Add(Message(partition, offset));
        }

        Answer(batch);
        batch.Prediction = Task.CompletedTask;
        return batch;
    }

    public static ConsumeResult<byte[]?, byte[]?> Message(int partition, long offset, string text = "good") => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(Topic, partition, offset),
        Message = new Message<byte[]?, byte[]?> { Value = Encoding.UTF8.GetBytes(text), Headers = [] },
    };

    /// <summary>Gives every record something to write: its offset.</summary>
    public static void Answer(StreamBatch batch)
    {
        foreach (var record in batch.Records)
        {
            record.Outgoing = new OutgoingMessage(
                new Message<byte[]?, byte[]?> { Value = Encoding.ASCII.GetBytes(record.Consumed.Offset.Value.ToString()) }, IsDeadLetter: false);
        }
    }
}
