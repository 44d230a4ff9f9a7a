using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>Runs one consumer on a thread of its own until it is asked to stop.</summary>
/// <remarks>
/// A round polls the next batch, whose prediction begins at once, and then commits the last one: the model works while Kafka commits. With nothing in hand a round waits for
/// messages; with something in hand it only takes what is there, so that nothing waits for company.
/// </remarks>
internal sealed partial class ConsumerLoop(Func<CancellationToken, SentimentConsumer> open, int number, Random jitter, ILogger logger) : IDisposable
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), jitter);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set by the loop's thread, read by anyone.
    private volatile SentimentConsumer? _consumer;

    // Set by who starts it, before the thread runs.
    private volatile bool _isStarted;

    /// <summary>Completes when the consumer has left its group and its thread uses nothing of the library any more; at once while the loop was never started.</summary>
    public Task Ended => _isStarted ? _ended.Task : Task.CompletedTask;

    public ConsumerThreadInfo? Info => _consumer?.GetInfo();

    public void Start()
    {
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
        for (var failures = 0; !_stop.IsCancellationRequested; failures++)
        {
            try
            {
                using var consumer = open(_stop.Token);
                _consumer = consumer;
                RunRounds(consumer);
            }
            catch (Exception e)
            {
                // A bug, or a setting that the library refuses. The thread goes on: messages must not lie because of one bad moment. If it is for good, it never polls again
                // and liveness fails.
                RoundFailed(logger, number, e);
                _stop.Token.WaitHandle.WaitOne(_backoff.Delay(failures));
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
            if (last is not null)
            {
                consumer.Commit(last);
            }

            last = next;
        }
    }

    [LoggerMessage(EventId = 840, Level = LogLevel.Error, Message = "Consumer {Number} failed and begins anew")]
    private static partial void RoundFailed(ILogger logger, int number, Exception exception);
}
