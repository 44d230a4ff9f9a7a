using Confluent.Kafka;
using KubeSentiment.Observability;

namespace KubeSentiment.Streaming;

/// <summary>Getting ready, and getting ready again.</summary>
public sealed partial class SentimentConsumer
{
    /// <summary>How long one attempt to reach the brokers may take before the group is polled again.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    // Partitions to go back in, with the first offset that is known to be unprocessed. The consumer's thread only, like the rest.
    private readonly Dictionary<TopicPartition, long> _again = [];
    private readonly HashSet<TopicPartition> _paused = [];

    // Where the output's name has written last, and whether a new output has to settle that before anything else is written.
    private readonly TransactionTrail _trail = new();
    private bool _isUnsettled;
    private int _attempts;
    private long _retryAt;

    // An attempt every few seconds, for as long as the brokers are away.
    private readonly RepeatFilter<ErrorCode> _notReady;
    private readonly RepeatFilter<ErrorCode> _readFailures;

    /// <summary>Asks the waits in here to end soon.</summary>
    internal CancellationToken Stopping { get; set; }

    private bool IsStopping => Stopping.IsCancellationRequested;

    /// <summary>Takes one step towards being able to read: a consumer, an output, and the right place in every partition.</summary>
    private bool IsReady()
    {
        if (_output is { IsInDoubt: true })
        {
            Doubt();
        }

        if (_consumer is not null && _output is not null && !_isUnsettled && _again.Count == 0)
        {
            Resume();
            _state = _isWithoutOffsets || _isWithoutTopic || _isRefused ? ConsumerState.Recovering : ConsumerState.Running;
            return true;
        }

        if (_state != ConsumerState.Starting)
        {
            _state = ConsumerState.Recovering;
        }

        if (_time.GetTimestamp() < _retryAt)
        {
            PollPaused(PausedPoll);
            return false;
        }

        try
        {
            Beat();
            _output ??= _openOutput();
            _consumer ??= _openConsumer(new Listener(this));
            Settle();
            GoBack();
            Beat();
            _attempts = 0;
            return _again.Count == 0;
        }
        catch (KafkaException e)
        {
            var delay = _backoff.Delay(_attempts++);
            _retryAt = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
            if (_notReady.IsNews(e.Error.Code, out var leftOut))
            {
                NotReady(_logger, _thread, e.Error.Code.ToString(), e.Error.Reason, leftOut);
            }

            return false;
        }
    }

    /// <summary>Gives up an output that has lost the brokers: what it wrote last may have come undone, and what is in hand follows it.</summary>
    private void Doubt()
    {
        InDoubt(_logger, _thread);
        ReadAgain();
        _isUnsettled = true;
        CloseOutput();
    }

    private void Settle()
    {
        if (!_isUnsettled)
        {
            return;
        }

        if (!_trail.IsEmpty)
        {
            try
            {
                _output!.Settle(_trail, _consumer!);
            }
            catch (KafkaException)
            {
                CloseOutput();
                throw;
            }

            // The group's offsets say what of it is committed. Partitions that are others' by now are their business.
            foreach (var beginning in _trail.Beginnings.Where(beginning => _partitions.Holds(beginning.TopicPartition)))
            {
                Remember(beginning.TopicPartition, beginning.Offset.Value);
            }
        }

        _isUnsettled = false;
    }

    /// <summary>Once, for as long as the brokers take: a later process may have another name, and could not do it.</summary>
    private void SettleBeforeLeaving()
    {
        if (_output is { IsInDoubt: true })
        {
            Doubt();
        }

        if (!_isUnsettled || _trail.IsEmpty || _consumer is null)
        {
            return;
        }

        try
        {
            _output ??= _openOutput();
            Settle();
        }
        catch (KafkaException e)
        {
            NotSettled(_logger, _thread, e.Error.Code.ToString(), e.Error.Reason);
        }
    }

    /// <summary>Drops everything in hand, and remembers where reading has to begin again.</summary>
    private void ReadAgain()
    {
        foreach (var batch in _inHand)
        {
            foreach (var beginning in batch.Beginnings())
            {
                Remember(beginning.TopicPartition, beginning.Offset.Value);
            }
        }

        DropAll();
    }

    private void DropAll()
    {
        foreach (var batch in _inHand)
        {
            batch.DropAll();
        }

        _inHand.Clear();
    }

    private void Remember(TopicPartition partition, long offset) =>
        _again[partition] = _again.TryGetValue(partition, out var known) ? Math.Min(known, offset) : offset;

    /// <summary>
    /// Moves every partition to go back in to the offset that the group has committed: a transaction whose end was unknown may have been committed after all. Where the group has none,
    /// and where older messages of the partition are still in hand, reading begins with the first one that is not.
    /// </summary>
    private void GoBack()
    {
        if (_again.Count == 0)
        {
            return;
        }

        // What was fetched ahead is of no use; resumed first, because a seek decides where a fetch goes on.
        Resume();
        var committed = _consumer!.Committed(_again.Keys, Attempt).ToDictionary(offset => offset.TopicPartition, offset => offset.Offset);
        foreach (var (partition, first) in _again.ToList())
        {
            var offset = committed.TryGetValue(partition, out var next) && !next.IsSpecial && !_inHand.Exists(batch => batch.Holds(partition)) ? next.Value : first;
            _consumer.Seek(new TopicPartitionOffset(partition, offset));
            _again.Remove(partition);
        }
    }

    /// <summary>One poll that reads nothing on. What comes all the same, from partitions that were assigned just now, is read again later.</summary>
    private void PollPaused(TimeSpan wait)
    {
        if (_consumer is null)
        {
            // Nothing to poll, and nothing to be expelled from.
            Beat();
            Stopping.WaitHandle.WaitOne(wait);
            return;
        }

        Pause();
        PublishPaused();
        if (Consume(wait) is { } message)
        {
            Remember(message.TopicPartition, message.Offset.Value);
        }
    }

    private void Pause()
    {
        var news = _consumer!.Assignment.Where(_paused.Add).ToList();
        if (news.Count > 0)
        {
            _consumer.Pause(news);
        }
    }

    private void Resume()
    {
        if (_paused.Count == 0)
        {
            return;
        }

        // A partition that was paused when it was given up is still paused when it comes back: it stays on the list until then.
        var here = _consumer!.Assignment.Where(_paused.Contains).ToList();
        if (here.Count > 0)
        {
            _consumer.Resume(here);
            _paused.ExceptWith(here);
        }
    }

    private void CloseOutput()
    {
        _output?.Dispose();
        _output = null;
        _metrics.Rebuilt("producer");
    }

    private void CloseConsumer()
    {
        // Its partitions are gone with it, and so is what was read of them.
        DropAll();
        _again.Clear();
        _paused.Clear();
        _partitions.Clear();
        _consumer!.Dispose();
        _consumer = null;
        _metrics.Rebuilt("consumer");
    }

    [LoggerMessage(EventId = 820, Level = LogLevel.Warning, Message = "Consumer {Thread} is not ready and tries again: {Code}, {Reason} ({LeftOut} more like it before)")]
    private static partial void NotReady(ILogger logger, int thread, string code, string reason, int leftOut);

    [LoggerMessage(EventId = 827, Level = LogLevel.Warning, Message = "Consumer {Thread} has lost the brokers; what it wrote last is settled by a new producer")]
    private static partial void InDoubt(ILogger logger, int thread);

    [LoggerMessage(EventId = 828, Level = LogLevel.Warning, Message = "Consumer {Thread} leaves without having settled what it wrote before the brokers were lost: {Code}, {Reason}")]
    private static partial void NotSettled(ILogger logger, int thread, string code, string reason);

    [LoggerMessage(EventId = 821, Level = LogLevel.Warning, Message = "Consumer {Thread} is made anew: {Code}, {Reason}")]
    private static partial void Reopening(ILogger logger, int thread, string code, string reason);

    [LoggerMessage(EventId = 822, Level = LogLevel.Warning, Message = "Consumer {Thread} cannot read: {Code}, {Reason} ({LeftOut} more like it before)")]
    private static partial void ReadFailed(ILogger logger, int thread, string code, string reason, int leftOut);

    [LoggerMessage(EventId = 823, Level = LogLevel.Warning, Message = "Consumer {Thread} waits for the service with {Messages} messages in hand; its partitions are paused")]
    private static partial void WaitingForService(ILogger logger, int thread, int messages);

    [LoggerMessage(EventId = 824, Level = LogLevel.Error, Message = "Consumer {Thread}: a prediction failed in an unforeseen way; its messages come again")]
    private static partial void PredictionFailed(ILogger logger, int thread, Exception? exception);

    [LoggerMessage(EventId = 825, Level = LogLevel.Warning, Message = "Consumer {Thread} could not leave its group in order: {Code}, {Reason}")]
    private static partial void Left(ILogger logger, int thread, string code, string reason);
}
