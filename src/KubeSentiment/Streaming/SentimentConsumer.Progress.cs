using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>How far it has come, for those who look from outside.</summary>
public sealed partial class SentimentConsumer
{
    /// <summary>How often positions and lag are told anew. What it takes to know them is in memory.</summary>
    private static readonly TimeSpan SnapshotPeriod = TimeSpan.FromSeconds(1);

    /// <summary>While partitions are paused nothing comes from the brokers, and they have to be asked.</summary>
    private static readonly TimeSpan PausedSnapshotPeriod = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Question = TimeSpan.FromSeconds(1);

    /// <summary>How long offsets may be missing before it counts as trouble: a rebalance and a broker's start take less.</summary>
    private static readonly TimeSpan OffsetsMissing = TimeSpan.FromSeconds(15);

    /// <summary>How often a member without partitions looks whether there is a topic. Those with partitions need not.</summary>
    private static readonly TimeSpan TopicPeriod = TimeSpan.FromSeconds(10);

    private long _published;
    private long _knewOffsets;
    private bool _isWithoutOffsets;
    private bool _isWithoutTopic;
    private bool _isRefused;
    private long _refusedAt;
    private long _lookedForTopic;

    private void Publish()
    {
        if (_consumer is { } consumer && _time.GetElapsedTime(_published) > SnapshotPeriod)
        {
            _published = _time.GetTimestamp();
            Try(() => AskForPositions(consumer));
            NoteMissingOffsets();
            Try(() => LookForTopic(consumer));
            _partitions.Publish(partition => Known(consumer.GetWatermarkOffsets(partition).High));
        }
    }

    private void PublishPaused()
    {
        if (_consumer is { } consumer && _time.GetElapsedTime(_published) > PausedSnapshotPeriod)
        {
            _published = _time.GetTimestamp();
            Dictionary<TopicPartition, long?> ends = [];
            Try(() => ends = TopicPlaces.AskFor(TopicPlaces.End, consumer.Assignment, consumer, Question).ToDictionary(end => end.TopicPartition, end => Known(end.Offset)));
            _partitions.Publish(partition => ends.GetValueOrDefault(partition));
        }
    }

    /// <summary>Of a partition that has brought no message yet the group knows the position; where it does not, the partition is read from its beginning (<see cref="GroupStart"/>).</summary>
    private void AskForPositions(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_partitions.Unknown is not { Count: > 0 } unknown)
        {
            return;
        }

        List<TopicPartition> news = [];
        foreach (var committed in consumer.Committed(unknown, Question))
        {
            if (Known(committed.Offset) is { } next)
            {
                _partitions.Begin(committed.TopicPartition, next);
            }
            else
            {
                news.Add(committed.TopicPartition);
            }
        }

        foreach (var beginning in TopicPlaces.AskFor(TopicPlaces.Beginning, news, consumer, Question))
        {
            if (Known(beginning.Offset) is { } first)
            {
                _partitions.Begin(beginning.TopicPartition, first);
            }
        }
    }

    /// <summary>A partition is not read while the group does not tell its offset, which it does not as long as somebody's transaction over it is open. Nothing else would show that.</summary>
    private void NoteMissingOffsets()
    {
        var missing = _partitions.Unknown;
        if (missing.Count == 0)
        {
            _knewOffsets = _time.GetTimestamp();
            _isWithoutOffsets = false;
        }
        else if (!_isWithoutOffsets && _time.GetElapsedTime(_knewOffsets) > OffsetsMissing)
        {
            _isWithoutOffsets = true;
            NoOffsets(_logger, _thread, Numbers(missing));
        }
    }

    private static bool IsOfTopic(Error error) =>
        error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.TopicAuthorizationFailed;

    /// <summary>The group takes a member whose topic is not there, or not for it, as one without partitions. The library says it once; by the brokers' own group protocol, never.</summary>
    private void NoteMissingTopic(Error error)
    {
        if (_isWithoutTopic)
        {
            return;
        }

        _isWithoutTopic = true;
        if (error.Code == ErrorCode.TopicAuthorizationFailed)
        {
            TopicForbidden(_logger, _thread, _options.Topic);
        }
        else
        {
            TopicMissing(_logger, _thread, _options.Topic);
        }
    }

    /// <summary>
    /// Who reads nothing, and is told why, is not in its group. The library says it once, as where a right is missing, or every two seconds, as where the others divide partitions in another way.
    /// </summary>
    private void NoteReadFailure(Error error)
    {
        if (_partitions.IsEmpty)
        {
            _isRefused = true;
            _refusedAt = _time.GetTimestamp();
        }

        if (!_readFailures.IsNews(error.Code, out var leftOut))
        {
            return;
        }

        switch (error.Code)
        {
            case ErrorCode.InconsistentGroupProtocol:
                OtherProtocol(_logger, _thread, _options.ConsumerGroup, leftOut);
                break;
            case ErrorCode.GroupAuthorizationFailed:
                GroupForbidden(_logger, _thread, _options.ConsumerGroup, leftOut);
                break;
            default:
                ReadFailed(_logger, _thread, error.Code.ToString(), error.Reason, leftOut);
                break;
        }
    }

    /// <summary>By the brokers' own group protocol a member that gets no partitions is not told that it is one: the group's answer says that it may be, and that nothing refuses it any more.</summary>
    private void LookForGroup(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition)
    {
        if (_isRefused && _time.GetElapsedTime(_refusedAt) > TopicPeriod)
        {
            consumer.Committed([partition], Question);
            _isRefused = false;
        }
    }

    private void LookForTopic(IConsumer<byte[]?, byte[]?> consumer)
    {
        if ((!_isWithoutTopic && !_partitions.IsEmpty) || _time.GetElapsedTime(_lookedForTopic) <= TopicPeriod)
        {
            return;
        }

        _lookedForTopic = _time.GetTimestamp();
        var first = new TopicPartition(_options.Topic, 0);
        try
        {
            TopicPlaces.AskFor(TopicPlaces.Beginning, [first], consumer, Question);
            _isWithoutTopic = false;
        }
        catch (KafkaException e) when (IsOfTopic(CauseOf(e)))
        {
            NoteMissingTopic(CauseOf(e));
        }

        LookForGroup(consumer, first);

        static Error CauseOf(KafkaException e) => e is TopicPartitionOffsetException { Results: [{ Error: var one }] } ? one : e.Error;
    }

    private static long? Known(Offset offset) => offset.IsSpecial ? null : offset.Value;

    /// <summary>Figures are not worth a failure: who needs the brokers for more tells when they are away.</summary>
    private void Try(Action ask)
    {
        try
        {
            ask();
        }
        catch (KafkaException e)
        {
            NotKnown(_logger, _thread, e.Error.Code.ToString(), e.Error.Reason);
        }
    }

    [LoggerMessage(EventId = 829, Level = LogLevel.Warning, Message = "Consumer {Thread} cannot read partitions {Partitions}: the group does not tell their offsets, as while a transaction over them is open")]
    private static partial void NoOffsets(ILogger logger, int thread, string partitions);

    [LoggerMessage(
        EventId = 831,
        Level = LogLevel.Warning,
        Message = "Consumer {Thread} waits for topic {Topic}, which is not there: create it, set MLOPS_KAFKA_CREATE_TOPICS=true, or correct MLOPS_KAFKA_TOPIC. It is read as soon as it is there")]
    private static partial void TopicMissing(ILogger logger, int thread, string topic);

    [LoggerMessage(EventId = 832, Level = LogLevel.Warning, Message = "Consumer {Thread} may not read topic {Topic}: give its user the rights to describe and read it")]
    private static partial void TopicForbidden(ILogger logger, int thread, string topic);

    [LoggerMessage(
        EventId = 833,
        Level = LogLevel.Warning,
        Message = "Consumer {Thread} is not let into group {Group}: its members divide partitions in another way (MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY, "
            + "MLOPS_KAFKA_GROUP_PROTOCOL). It reads once all of them have left, or have its settings ({LeftOut} more like it before)")]
    private static partial void OtherProtocol(ILogger logger, int thread, string group, int leftOut);

    [LoggerMessage(
        EventId = 834,
        Level = LogLevel.Warning,
        Message = "Consumer {Thread} may not be in group {Group}: give its user the right to read it, or correct MLOPS_KAFKA_CONSUMER_GROUP ({LeftOut} more like it before)")]
    private static partial void GroupForbidden(ILogger logger, int thread, string group, int leftOut);

    [LoggerMessage(EventId = 826, Level = LogLevel.Debug, Message = "Consumer {Thread} cannot tell its lag: {Code}, {Reason}")]
    private static partial void NotKnown(ILogger logger, int thread, string code, string reason);
}
