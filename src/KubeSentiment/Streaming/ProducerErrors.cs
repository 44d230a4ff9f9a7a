using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>What a producer says of itself, beside what its calls end with. Written by the library's threads, read by anyone.</summary>
internal sealed class ProducerErrors
{
    private int _losses;
    private volatile bool _hasFailed;

    /// <summary>How often it said that all of its brokers are gone.</summary>
    /// <remarks>A single broker that is gone is no loss in this sense: its partitions and coordinators move, and a connection attempt that fails may just be the wrong one of two addresses.</remarks>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>Whether it will never write again, as after it was not allowed to. Its messages fail with the cause, and do not tell that it is for good.</summary>
    public bool HasFailed => _hasFailed;

    public void Note(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            Interlocked.Increment(ref _losses);
        }

        if (error.IsFatal)
        {
            _hasFailed = true;
        }
    }
}
