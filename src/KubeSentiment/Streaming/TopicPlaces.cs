using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Places in a partition whose offsets the brokers know.</summary>
internal static class TopicPlaces
{
    public static readonly Timestamp Beginning = new(-2, TimestampType.CreateTime);
    public static readonly Timestamp End = new(-1, TimestampType.CreateTime);

    /// <summary>Asks by times that stand for places: the library's own question for these places ignores its time limit when a broker goes away (its issue 2588).</summary>
    /// <exception cref="KafkaException">The brokers did not answer in time.</exception>
    public static List<TopicPartitionOffset> AskFor(Timestamp place, IReadOnlyCollection<TopicPartition> partitions, IConsumer<byte[]?, byte[]?> consumer, TimeSpan limit) => partitions.Count == 0
        ? []
        : consumer.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(partition, place)), limit);
}
