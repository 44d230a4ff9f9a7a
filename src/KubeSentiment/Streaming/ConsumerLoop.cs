using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>Runs one consumer on a thread of its own until it is asked to stop.</summary>
/// <remarks>
/// A round polls the next batch, whose prediction begins at once, and then commits the last one: the model works while Kafka commits. With nothing in hand a round waits for
/// messages; with something in hand it only takes what is there, so that nothing waits for company.
/// <para>A consumer that fails is made anew. That alone is no recovery, because one that fails on every batch polls well before: the loop is well again when something was
/// committed, or when the consumer has run for the calm time without a failure. Until then it recovers, and its last poll is that of when it was well: liveness fails in the end.
/// </para>
/// </remarks>
internal sealed partial class ConsumerLoop(
    Func<CancellationToken, SentimentConsumer> open, int number, TimeSpan calm, TimeProvider time, Random jitter, ILogger logger) : IDisposable
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), jitter);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // All of these: set by the loop's thread, read by anyone.
    private volatile SentimentConsumer? _consumer;
    private volatile int _failures;
    private long _opened;
    private long _wasWell;

    // Set by who starts it, before the thread runs.
    private volatile bool _isStarted;

    /// <summary>Completes when the consumer has left its group and its thread uses nothing of the library any more; at once while the loop was never started.</summary>
    public Task Ended => _isStarted ? _ended.Task : Task.CompletedTask;

    /// <summary>What the loop does, for any thread.</summary>
    public ConsumerThreadInfo Info
    {
        get
        {
            var (info, failures) = (_consumer?.GetInfo(), _failures);
            if (!_isStarted || (info is null && failures == 0))
            {
                return new ConsumerThreadInfo(number, ConsumerState.Starting, TimeSpan.Zero, []);
            }

            if (info is not null && ((info.State != ConsumerState.Stopped && IsWell) || _stop.IsCancellationRequested))
            {
                return info;
            }

            // Without a failure so far it has failed this moment.
            var sinceWell = failures == 0 ? info!.SinceLastPoll : time.GetElapsedTime(Volatile.Read(ref _wasWell));
            return new ConsumerThreadInfo(number, ConsumerState.Recovering, sinceWell, info?.Partitions ?? []);
        }
    }

    private bool IsWell => _failures == 0 || time.GetElapsedTime(Volatile.Read(ref _opened)) >= calm;

    public void Start()
    {
        Volatile.Write(ref _wasWell, time.GetTimestamp());
        _isStarted = true;
        new Thread(Run) { IsBackground = true, Name = $"Kafka consumer {number}" }.Start();
    }

    /// <summary>Asks the loop to end; does not wait for it.</summary>
    public void RequestStop() => _stop.Cancel();

    public void Dispose()
    {
        // A loop that still ends needs it; it is the end of the process then.
        if (Ended.IsCompleted)
        {
            _stop.Dispose();
        }
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            Volatile.Write(ref _opened, time.GetTimestamp());
            try
            {
                using var consumer = open(_stop.Token);
                _consumer = consumer;
                RunRounds(consumer);
            }
            catch (Exception e)
            {
                // A bug, or a setting that the library refuses. The thread goes on: messages must not lie because of one bad moment. If it is for good, it is
                // never well again and liveness fails.
                if (IsWell)
                {
                    _failures = 0;
                    Volatile.Write(ref _wasWell, time.GetTimestamp());
                }

                RoundFailed(logger, number, e);
                _stop.Token.WaitHandle.WaitOne(_backoff.Delay(_failures++));
            }
        }

        _ended.TrySetResult();
    }

    private void RunRounds(SentimentConsumer consumer)
    {
        StreamBatch? last = null;
        while (!_stop.IsCancellationRequested)
        {
            var next = consumer.Poll(last is null ? IdlePoll : TimeSpan.Zero);
            var isCommitted = last is not null && consumer.Commit(last);
            if (_failures > 0 && (isCommitted || IsWell))
            {
                _failures = 0;
            }

            last = next;
        }
    }

    [LoggerMessage(EventId = 840, Level = LogLevel.Error, Message = "Consumer {Number} failed and begins anew")]
    private static partial void RoundFailed(ILogger logger, int number, Exception exception);
}
