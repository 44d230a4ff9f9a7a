namespace KubeSentiment.Streaming;

/// <summary>The consumers of this process.</summary>
/// <param name="InstanceId">The process' name in Kafka.</param>
/// <param name="ConsumerGroup">The group.</param>
/// <param name="Topic">The topic of the texts.</param>
/// <param name="Threads">Each consumer.</param>
public sealed record ConsumerInstanceInfo(string InstanceId, string ConsumerGroup, string Topic, IReadOnlyList<ConsumerThreadInfo> Threads)
{
    /// <summary>Messages not yet processed, in all partitions of this process.</summary>
    public long Lag => Threads.Sum(thread => thread.Partitions.Sum(partition => partition.Lag ?? 0));
}

/// <summary>One consumer.</summary>
/// <param name="Thread">Its number.</param>
/// <param name="State">What it does.</param>
/// <param name="SinceLastPoll">Time since it last polled.</param>
/// <param name="Partitions">The partitions that are its own.</param>
public sealed record ConsumerThreadInfo(int Thread, ConsumerState State, TimeSpan SinceLastPoll, IReadOnlyList<PartitionInfo> Partitions);

/// <summary>One partition.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Position">The next offset to process; null while none was processed.</param>
/// <param name="End">The offset after its last message; null while the broker has not told.</param>
/// <param name="Lag">Messages not yet processed; null while that is not known.</param>
public sealed record PartitionInfo(int Partition, long? Position, long? End, long? Lag);
