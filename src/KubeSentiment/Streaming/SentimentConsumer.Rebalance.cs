using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Partitions come and go. All of this runs inside a poll, so never inside a transaction.</summary>
public sealed partial class SentimentConsumer
{
    // The name in the group under which the partitions came. The consumer's thread only.
    private string? _member;

    private void Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        _member = _consumer?.MemberId;
        _partitions.Add(partitions);
        _isWithoutTopic &= partitions.Count == 0;
        _isRefused = false;
        _metrics.Moved("assigned", partitions.Count);
        Moved(_logger, _thread, "has got", Numbers(partitions));
    }

    private void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        // 1. Finish what was read of them, as far as it is predicted in time, and with it what was read before, even if that is of others alone: a later batch may hold more of those, and
        // written first would set the group's offset past what is not written yet. The last batch may still be being read: it is not predicted at all.
        var started = _time.GetTimestamp();
        var last = _inHand.FindLastIndex(batch => partitions.Any(batch.Holds));
        foreach (var batch in _inHand.Take(last + 1).ToList())
        {
            var left = _options.RebalanceWait - _time.GetElapsedTime(started);
            if (!Completed(batch.Prediction, left > TimeSpan.Zero ? left : TimeSpan.Zero) || !batch.Prediction!.IsCompletedSuccessfully || !Write(batch))
            {
                break;
            }
        }

        // 2. Leave the rest to their next owners.
        Forget(partitions);
        _metrics.Moved("revoked", partitions.Count);
        Moved(_logger, _thread, "has given up", Numbers(partitions));
    }

    private void Lost(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        _metrics.Moved("lost", partitions.Count);
        Moved(_logger, _thread, "has lost", Numbers(partitions));
    }

    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            foreach (var batch in _inHand)
            {
                batch.Drop(partition);
            }

            _again.Remove(partition);
        }

        // A batch of which nothing is left ends here, unless it is still being read: others may join it.
        foreach (var batch in _inHand.Where(batch => batch is { Count: 0, Prediction: not null }).ToList())
        {
            batch.DropAll();
            _inHand.Remove(batch);
        }

        _partitions.Remove(partitions);
    }

    private static string Numbers(IEnumerable<TopicPartition> partitions) => string.Join(',', partitions.Select(partition => partition.Partition.Value).Order());

    /// <summary>Keeps the callbacks out of the public type.</summary>
    private sealed class Listener(SentimentConsumer consumer) : IRebalanceListener
    {
        public void Assigned(IReadOnlyList<TopicPartition> partitions) => consumer.Assigned(partitions);

        public void Revoked(IReadOnlyList<TopicPartition> partitions) => consumer.Revoked(partitions);

        public void Lost(IReadOnlyList<TopicPartition> partitions) => consumer.Lost(partitions);
    }

    [LoggerMessage(EventId = 830, Level = LogLevel.Information, Message = "Consumer {Thread} {What} partitions {Partitions}")]
    private static partial void Moved(ILogger logger, int thread, string what, string partitions);
}
