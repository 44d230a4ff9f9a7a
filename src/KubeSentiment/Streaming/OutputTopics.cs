using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Where results and dead letters go: to the partition with the number of their source, or where there are fewer, to the same one always.</summary>
/// <remarks>
/// So whatever order a partition's messages have, their results have it too, whichever partitioner the sender used and whether or not there is a key; and a transaction touches
/// no more partitions than it read, which is what most of its cost depends on.
/// </remarks>
internal sealed class OutputTopics(TopicTarget results, TopicTarget? deadLetters)
{
    public TopicPartition For(int sourcePartition, bool isDeadLetter) => (isDeadLetter ? deadLetters! : results).For(sourcePartition);
}

/// <summary>A topic and its partitions.</summary>
internal sealed class TopicTarget(string topic, int partitions)
{
    private readonly TopicPartition[] _partitions = [.. Enumerable.Range(0, partitions).Select(number => new TopicPartition(topic, number))];

    public TopicPartition For(int sourcePartition) => _partitions[sourcePartition % _partitions.Length];
}
