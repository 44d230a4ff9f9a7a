using Confluent.Kafka;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>One member of the consumer group: reads texts, has them predicted, and writes results and offsets together.</summary>
/// <remarks>
/// <para><see cref="Poll"/> reads a batch and begins its prediction; <see cref="Commit"/> waits for that and writes it. Polling the next batch before committing the last one lets the
/// model work while Kafka commits. Batches are committed in the order in which they were polled.</para>
/// <para>Not safe for many threads: everything happens on the caller's, rebalances included, which are served from inside polls. Nothing here blocks for longer than the transaction
/// timeout without polling.</para>
/// <list type="bullet">
/// <item><b>Revoked.</b> What is predicted, or soon will be, is committed before the partitions are let go; the rest is left to their next owner.</item>
/// <item><b>Lost.</b> Nothing is written; the partitions are somebody else's already.</item>
/// <item><b>Not committed.</b> Everything in hand is dropped, and reading goes back to the group's committed offsets.</item>
/// <item><b>Fenced or fatal.</b> The producer, or the whole consumer, is made anew.</item>
/// <item><b>Waiting.</b> While the service is ill or the brokers are away, partitions are paused and polling goes on, so that the group keeps its member.</item>
/// </list>
/// </remarks>
public sealed partial class SentimentConsumer : IDisposable
{
    /// <summary>How long a prediction is waited for before the partitions are paused: most batches take less, and pausing throws away what was fetched ahead.</summary>
    private static readonly TimeSpan BeforePause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a poll takes while nothing may come.</summary>
    private static readonly TimeSpan PausedPoll = TimeSpan.FromMilliseconds(50);

    private readonly int _thread;
    private readonly KafkaOptions _options;
    private readonly Func<IRebalanceListener, IConsumer<byte[]?, byte[]?>> _openConsumer;
    private readonly Func<IBatchOutput> _openOutput;
    private readonly Func<StreamBatch, Task> _predict;
    private readonly CircuitBreaker _breaker;
    private readonly StreamingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Backoff _backoff;
    private readonly PartitionTable _partitions = new();

    // All below: the consumer's thread only, but for what says otherwise.
    private readonly List<StreamBatch> _inHand = [];
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private IBatchOutput? _output;

    // Written by the consumer's thread, read by anyone.
    private long _polled;
    private volatile ConsumerState _state = ConsumerState.Starting;

    internal SentimentConsumer(
        int thread,
        KafkaOptions options,
        Func<IRebalanceListener, IConsumer<byte[]?, byte[]?>> openConsumer,
        Func<IBatchOutput> openOutput,
        Func<StreamBatch, Task> predict,
        CircuitBreaker breaker,
        StreamingMetrics metrics,
        TimeProvider time,
        Random jitter,
        ILogger logger)
    {
        _thread = thread;
        _options = options;
        _openConsumer = openConsumer;
        _openOutput = openOutput;
        _predict = predict;
        _breaker = breaker;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), jitter);
        _notReady = new RepeatFilter<ErrorCode>(time);
        _readFailures = new RepeatFilter<ErrorCode>(time);
        _polled = time.GetTimestamp();
        _knewOffsets = _polled;
        _lookedForTopic = _polled;
        _mostMessages = options.BatchSize;
    }

    /// <summary>What it does at this moment, for any thread.</summary>
    public ConsumerThreadInfo GetInfo() =>
        new(_thread, _state, _time.GetElapsedTime(Volatile.Read(ref _polled)), _partitions.Snapshot);

    /// <summary>Reads messages and begins their prediction.</summary>
    /// <param name="wait">How long to wait for the first message; those after it are not waited for.</param>
    /// <returns>At most <c>MLOPS_KAFKA_BATCH_SIZE</c> messages; null when there are none, or when the brokers are waited for. Pass it to <see cref="Commit"/>.</returns>
    public StreamBatch? Poll(TimeSpan wait)
    {
        ObjectDisposedException.ThrowIf(_state == ConsumerState.Stopped, this);
        if (!IsReady())
        {
            return null;
        }

        var batch = new StreamBatch();
        _inHand.Add(batch);
        while (batch.Records.Count < _mostMessages && batch.Bytes < _options.BatchBytes
            && Consume(batch.Records.Count == 0 ? wait : TimeSpan.Zero) is { } message)
        {
            // A rebalance inside of the poll may have failed to commit what was in hand: then everything is read again, and this message with it.
            if (batch.State != StreamBatchState.InHand || _again.ContainsKey(message.TopicPartition))
            {
                Remember(message.TopicPartition, message.Offset.Value);
                break;
            }

            _partitions.Begin(message.TopicPartition, message.Offset.Value);
            batch.Add(message, RefusalsOf(message.TopicPartitionOffset));
        }

        // The name after the last message: a rebalance in between has dropped what was read under another.
        batch.Member = _member;
        Publish();
        if (batch.Count == 0 || batch.State != StreamBatchState.InHand)
        {
            batch.DropAll();
            _inHand.Remove(batch);
            return null;
        }

        foreach (var partition in batch.Live.GroupBy(record => record.Consumed.Partition.Value))
        {
            _metrics.Consumed(partition.Key, partition.Count());
        }

        batch.Prediction = _predict(batch);
        return batch;
    }

    /// <summary>Waits for the predictions of a batch, and writes results, dead letters and offsets in one transaction.</summary>
    /// <param name="batch">The oldest batch in hand.</param>
    /// <returns>False when nothing of it was written: its messages come again, to this consumer or to another.</returns>
    public bool Commit(StreamBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.State == StreamBatchState.InHand && _inHand.IndexOf(batch) > 0)
        {
            throw new InvalidOperationException("An older batch must be committed first.");
        }

        // Waiting serves rebalances, which may commit the batch or drop it. While producing fails again and again, Kafka is left alone for a while.
        while (batch.State == StreamBatchState.InHand && IsPredicted(batch) && !Write(batch) && batch.State == StreamBatchState.InHand && !IsStopping)
        {
            _state = ConsumerState.Recovering;
            PollPaused(PausedPoll);
        }

        return batch.State == StreamBatchState.Committed;
    }

    /// <summary>Finishes what is in hand, leaves the group at once and closes all connections.</summary>
    public void Dispose()
    {
        if (_state == ConsumerState.Stopped)
        {
            return;
        }

        SettleBeforeLeaving();
        try
        {
            // Closing revokes the partitions: what is predicted is committed there, the rest dropped.
            _consumer?.Close();
        }
        catch (KafkaException e)
        {
            Left(_logger, _thread, e.Error.Code.ToString(), e.Error.Reason);
        }

        DropAll();
        _output?.Dispose();
        _consumer?.Dispose();
        _partitions.Clear();
        _state = ConsumerState.Stopped;
    }

    /// <summary>Tells that the loop is alive although it does not poll, before something that blocks for a bounded time.</summary>
    private void Beat() => Volatile.Write(ref _polled, _time.GetTimestamp());

    private ConsumeResult<byte[]?, byte[]?>? Consume(TimeSpan wait)
    {
        Beat();
        try
        {
            return _consumer!.Consume(wait);
        }
        catch (ConsumeException e) when (e.Error.IsFatal)
        {
            Reopening(_logger, _thread, e.Error.Code.ToString(), e.Error.Reason);
            CloseConsumer();
            return null;
        }
        catch (KafkaException e) when (IsOfTopic(e.Error))
        {
            NoteMissingTopic(e.Error);
            return null;
        }
        catch (KafkaException e)
        {
            NoteReadFailure(e.Error);
            return null;
        }
        finally
        {
            Beat();
        }
    }

    private bool Write(StreamBatch batch)
    {
        if (_output is { IsInDoubt: true })
        {
            Doubt();
        }

        if (_output is null || _isUnsettled || !_breaker.TryEnter(out var call))
        {
            return false;
        }

        Beat();
        var started = _time.GetTimestamp();
        _trail.Begin(batch);
        var end = _output.Send(batch, _consumer!);
        _metrics.Sent(end, batch.Count, _time.GetElapsedTime(started));
        Beat();
        switch (end)
        {
            case SendEnd.Committed:
                call.Succeeded();
                _partitions.Advance(batch.Ends());
                Widen(batch.Ends());
                _trail.Committed(batch);
                batch.Committed();
                _inHand.Remove(batch);
                return true;
            case SendEnd.Aborted:
                call.Abandoned();
                break;
            case SendEnd.Refused when Narrow(batch):
                // The brokers are well.
                call.Abandoned();
                break;
            default:
                call.Failed();
                break;
        }

        ReadAgain();
        if (end == SendEnd.Broken)
        {
            _isUnsettled = true;
            CloseOutput();
        }

        return false;
    }

    private bool IsPredicted(StreamBatch batch)
    {
        // 1. Usually it is there, or soon will be.
        if (!Completed(batch.Prediction, BeforePause))
        {
            // 2. Otherwise wait as a member of the group does.
            _state = ConsumerState.Waiting;
            WaitingForService(_logger, _thread, batch.Count);
            PollPausedUntil(() => batch.IsPredicted || batch.State != StreamBatchState.InHand);
            _state = ConsumerState.Running;
        }

        if (batch.State != StreamBatchState.InHand || batch.Prediction is not { IsCompleted: true } prediction)
        {
            return false;
        }

        if (!prediction.IsCompletedSuccessfully)
        {
            // A bug. Nothing is lost: the messages come again.
            PredictionFailed(_logger, _thread, prediction.Exception);
            ReadAgain();
        }

        return prediction.IsCompletedSuccessfully;
    }

    /// <summary>Polls without reading on, so that the group keeps its member, until something is so or the consumer is asked to stop.</summary>
    private void PollPausedUntil(Func<bool> isSo)
    {
        while (!isSo() && !IsStopping && _consumer is not null)
        {
            PollPaused(PausedPoll);
        }
    }

    private static bool Completed(Task? task, TimeSpan wait) => task is not null && (task.IsCompleted || Task.WaitAny([task], wait) == 0);
}
