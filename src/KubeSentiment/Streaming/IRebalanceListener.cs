using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Told of partitions that come and go, on the thread that polls, from inside the poll.</summary>
internal interface IRebalanceListener
{
    /// <summary>Partitions that are this consumer's from now on.</summary>
    public void Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions that are given up when this returns: until then they are nobody else's.</summary>
    public void Revoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions that are somebody else's already.</summary>
    public void Lost(IReadOnlyList<TopicPartition> partitions);
}
