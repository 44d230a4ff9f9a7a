using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Writes what became of a batch, and that it has been read.</summary>
internal interface IBatchOutput : IDisposable
{
    /// <summary>Writes the results, the dead letters and the offsets of a batch. Blocks for a bounded time.</summary>
    /// <param name="batch">A predicted batch.</param>
    /// <param name="consumer">The consumer that read it.</param>
    public SendEnd Send(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer);

    /// <summary>Makes sure that nothing of a batch is left open whose writing broke an earlier output of the same name.</summary>
    /// <exception cref="KafkaException">That is not known; this output is of no use either.</exception>
    public void Settle(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer);
}
