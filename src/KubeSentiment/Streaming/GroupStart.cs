using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Lets a new group begin with what comes from now on, and tells Kafka where that was.</summary>
/// <remarks>
/// The library's own "latest" is looked up anew by everybody who gets a partition without an offset. Whoever restarts, or hands the partition on, before it has committed anything of it would leave out what has come in
/// between, and so would the first owner of a partition that is added later. So the ends of all partitions become the group's offsets when it has none at all, and from then on nothing is left out.
/// </remarks>
internal static class GroupStart
{
    /// <summary>Long for three questions, short beside what the group allows between two polls.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Sets the offsets of a group that has none to the ends of its topic. To be called before the partitions are read.</summary>
    /// <param name="consumer">A member that has just got partitions.</param>
    /// <param name="topic">What the group reads.</param>
    /// <param name="assigned">The partitions.</param>
    /// <exception cref="ConsumeException">The brokers did not answer; fatal, because to read on would be to guess.</exception>
    public static void AtTheEnd(IConsumer<byte[]?, byte[]?> consumer, string topic, IReadOnlyCollection<TopicPartition> assigned)
    {
        try
        {
            if (assigned.Count == 0 || consumer.Committed(assigned, Limit).TrueForAll(offset => !offset.Offset.IsSpecial))
            {
                return;
            }

            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(topic, Limit).Topics.Single().Partitions.ConvertAll(partition => new TopicPartition(topic, partition.PartitionId));
            if (consumer.Committed(partitions, Limit).TrueForAll(offset => offset.Offset.IsSpecial))
            {
                consumer.Commit(TopicPlaces.AskFor(TopicPlaces.End, partitions, consumer, Limit));
            }
        }
        catch (KafkaException e)
        {
            throw new ConsumeException(new ConsumeResult<byte[], byte[]>(), new Error(e.Error.Code, $"where the group begins is not known: {e.Error.Reason}", isFatal: true), e);
        }
    }
}
