using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Writes what became of a batch, and that it has been read.</summary>
internal interface IBatchOutput : IDisposable
{
    /// <summary>Whether the brokers were lost since it was opened, so that even what was committed last may have come undone. Only a new output of the same name can tell.</summary>
    public bool IsInDoubt { get; }

    /// <summary>Writes the results, the dead letters and the offsets of a batch. Blocks for a bounded time.</summary>
    /// <param name="batch">A predicted batch.</param>
    /// <param name="consumer">The consumer that read it.</param>
    public SendEnd Send(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer);

    /// <summary>Makes sure that nothing is left open that an earlier output of the same name has written.</summary>
    /// <exception cref="KafkaException">That is not known; this output is of no use either.</exception>
    public void Settle(TransactionTrail trail, IConsumer<byte[]?, byte[]?> consumer);
}
