using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Counts how often a client says that all of its brokers are gone. Written by the client's threads, read by anyone.</summary>
/// <remarks>A single broker that is gone is no loss in this sense: its partitions and coordinators move, and a connection attempt that fails may just be the wrong one of two addresses.</remarks>
internal sealed class BrokerLosses
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Note(ErrorCode code)
    {
        if (code == ErrorCode.Local_AllBrokersDown)
        {
            Interlocked.Increment(ref _count);
        }
    }
}
