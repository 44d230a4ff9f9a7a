using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Messages for which Kafka takes no result and no dead letter. One of them fails its whole batch, and would do so for ever.</summary>
/// <remarks>
/// A refused batch is read again in halves, until the message at fault stands alone; each commit doubles the next batch again. What is refused alone more often than
/// <c>MLOPS_KAFKA_MAX_RETRIES</c> gets a dead letter that holds nothing of the message. A topic that does not even take that is not the message's fault: it counts as a
/// failure of Kafka.
/// </remarks>
public sealed partial class SentimentConsumer
{
    // Messages that were refused alone, and how often. Reading does not get past one, so there is one a partition. The consumer's thread only, like the rest.
    private readonly Dictionary<TopicPartition, (long Offset, int Times)> _refused = [];

    private int _mostMessages;

    private int RefusalsOf(TopicPartitionOffset place) =>
        _refused.TryGetValue(place.TopicPartition, out var refusal) && refusal.Offset == place.Offset.Value ? refusal.Times : 0;

    /// <summary>Kafka has refused a batch.</summary>
    /// <returns>Whether there is something left to try.</returns>
    private bool Narrow(StreamBatch batch)
    {
        _mostMessages = Math.Max(1, batch.Count / 2);
        if (batch.Count > 1)
        {
            return true;
        }

        var record = batch.Live.Single();
        _refused[record.Consumed.TopicPartition] = (record.Consumed.Offset.Value, record.Refusals + 1);
        return record.Refusals <= _options.MaxRetries;
    }

    private void Widen(IEnumerable<TopicPartitionOffset> ends)
    {
        _mostMessages = Math.Min(_options.BatchSize, _mostMessages * 2);
        foreach (var end in ends)
        {
            _refused.Remove(end.TopicPartition);
        }
    }
}
