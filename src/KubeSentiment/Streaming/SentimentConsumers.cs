using KubeSentiment.Resilience;

namespace KubeSentiment.Streaming;

/// <summary>The consumers of this process: <c>MLOPS_KAFKA_CONSUMER_THREADS</c> loops, and others that a caller drives itself.</summary>
public sealed partial class SentimentConsumers : IDisposable
{
    /// <summary>How many times the calm after which a loop that failed counts as well again fits in the time after which it counts as stalled.</summary>
    private const int CalmsInAStall = 4;

    /// <summary>Opening an output, settling, and leaving the group: each ends within the transaction timeout.</summary>
    private const int CallsAtAStop = 2;

    private readonly KafkaOptions _options;
    private readonly KafkaClients _clients;
    private readonly KafkaIdentity _identity;
    private readonly TopicCreation _topics;
    private readonly Func<BatchPredictor> _newPredictor;
    private readonly CircuitBreaker _breaker;
    private readonly StreamingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<SentimentConsumer> _logger;
    private readonly ConsumerLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();

    // Interlocked: the number that the next caller's own consumer gets.
    private int _next;

    // Set once, by who starts the loops; read by anyone.
    private volatile Task? _starting;

    internal SentimentConsumers(
        KafkaOptions options,
        KafkaClients clients,
        KafkaIdentity identity,
        TopicCreation topics,
        Func<BatchPredictor> newPredictor,
        CircuitBreakers breakers,
        StreamingMetrics metrics,
        TimeProvider time,
        ILogger<SentimentConsumer> logger)
    {
        _options = options;
        _clients = clients;
        _identity = identity;
        _topics = topics;
        _newPredictor = newPredictor;
        _breaker = breakers.Get(CircuitBreakers.Kafka);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _next = options.ConsumerThreads;
        _loops = [.. Enumerable.Range(0, options.ConsumerThreads)
            .Select(number => new ConsumerLoop(stop => Open(number, stop), number, options.StallTimeout / CalmsInAStall, time, new Random(), logger))];
        metrics.Observe(() => GetInstanceInfo().Threads);
    }

    /// <summary>Starts the loops, once their topics are there. Returns at once: brokers that are away are waited for in the background.</summary>
    public void Start() => _starting = StartAsync();

    /// <summary>Asks the loops to finish what they have in hand and to leave the group; does not wait for it.</summary>
    public void RequestStop()
    {
        _stop.Cancel();
        Array.ForEach(_loops, loop => loop.RequestStop());
    }

    /// <summary>Ends the loops, and waits until they have left the group.</summary>
    /// <param name="cancellationToken">Ends the wait; the brokers then notice by themselves, after the session timeout.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RequestStop();
        await EndAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks the loops to end, and waits for them for as long as a call into the library may take.</summary>
    /// <remarks>
    /// After <see cref="StopAsync"/> there is nothing to wait for. But a start that is cancelled halfway ends without it, and a process that ends while threads are inside of the library
    /// dies of a segmentation fault now and then. Who does not come back keeps what it uses: nothing is freed under it.
    /// </remarks>
    public void Dispose()
    {
        RequestStop();
        if (!EndAsync().Wait(_options.TransactionTimeout * CallsAtAStop))
        {
            StillRunning(_logger, _loops.Count(loop => !loop.Ended.IsCompleted));
            return;
        }

        Array.ForEach(_loops, loop => loop.Dispose());
        _stop.Dispose();
    }

    /// <summary>A further member of the group for a caller who polls and commits by itself, on one thread. Dispose of it to leave the group.</summary>
    /// <param name="cancellationToken">Asks waits inside of its methods to end soon.</param>
    public SentimentConsumer Open(CancellationToken cancellationToken) => Open(Interlocked.Increment(ref _next) - 1, cancellationToken);

    /// <summary>What the loops do, and how far they have come; those that wait for their topics are starting. Without <see cref="Start"/> there are none.</summary>
    public ConsumerInstanceInfo GetInstanceInfo() =>
        new(_identity.InstanceId, _options.ConsumerGroup, _options.Topic, _starting is null ? [] : [.. _loops.Select(loop => loop.Info)]);

    /// <summary>The consumer that has not polled for longer than it may, if there is one.</summary>
    internal ConsumerThreadInfo? Stalled() =>
        GetInstanceInfo().Threads.FirstOrDefault(thread => thread.State != ConsumerState.Stopped && thread.SinceLastPoll > _options.StallTimeout);

    private async Task StartAsync()
    {
        await _topics.CreateMissingAsync(_stop.Token);
        _stop.Token.ThrowIfCancellationRequested();
        Array.ForEach(_loops, loop => loop.Start());
    }

    /// <summary>Completes when no loop runs, and none will.</summary>
    private async Task EndAsync()
    {
        await (_starting ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_loops.Select(loop => loop.Ended)).ConfigureAwait(false);
    }

    private SentimentConsumer Open(int thread, CancellationToken stop) => new(
        thread,
        _options,
        listener => _clients.OpenConsumer(thread, listener),
        () => _clients.OpenOutput(thread, _options.TransactionTimeout / 2, _logger),
        _newPredictor().PredictAsync,
        _breaker,
        _metrics,
        _time,
        new Random(),
        _logger)
    {
        Stopping = stop,
    };

    [LoggerMessage(EventId = 841, Level = LogLevel.Warning, Message = "{Running} Kafka consumers are still inside of the library; the process ends without them")]
    private static partial void StillRunning(ILogger logger, int running);
}
