using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>A producer that writes batches, each within a limit of time.</summary>
internal sealed class BatchProducer(IProducer<byte[]?, byte[]?> producer, OutputTopics topics, TimeSpan limit, TimeProvider time) : IDisposable
{
    /// <summary>What the producer's queue is given to get room.</summary>
    private static readonly TimeSpan QueueWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Begins a limit of time: what the other methods take.</summary>
    public long Start() => time.GetTimestamp();

    /// <summary>What is left of the limit.</summary>
    public TimeSpan Left(long started)
    {
        var left = limit - time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Hands over what goes out for the messages that are still this consumer's.</summary>
    /// <exception cref="KafkaException">The library does not take it, or has had no room for as long as there was time.</exception>
    public void Produce(StreamBatch batch, long started, Action<DeliveryReport<byte[]?, byte[]?>>? delivered = null)
    {
        foreach (var record in batch.Live)
        {
            if (record.Outgoing is { } outgoing)
            {
                Produce(topics.For(record.Consumed.Partition.Value, outgoing.IsDeadLetter), outgoing.Message, started, delivered);
            }
        }
    }

    public void Produce(TopicPartition target, Message<byte[]?, byte[]?> message, long started, Action<DeliveryReport<byte[]?, byte[]?>>? delivered = null)
    {
        while (true)
        {
            try
            {
                producer.Produce(target, message, delivered);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull && Left(started) > TimeSpan.Zero)
            {
                Wait();
            }
            catch (Exception e) when (e is not KafkaException)
            {
                // What the library's own layer does not take is refused like what the brokers do not take.
                throw new KafkaException(new Error(ErrorCode.InvalidRecord, $"{e.GetType().Name}: {e.Message}"), e);
            }
        }
    }

    /// <summary>Serves what the library has to say, for a moment.</summary>
    public void Wait() => producer.Poll(QueueWait);

    public void Dispose() => producer.Dispose();
}
