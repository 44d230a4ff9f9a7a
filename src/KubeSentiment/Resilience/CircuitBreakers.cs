using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Resilience;

/// <summary>The breakers of the service, one a dependency; their states are metrics and log lines.</summary>
public sealed partial class CircuitBreakers
{
    /// <summary>Guards the model.</summary>
    public const string Model = "model";

    /// <summary>Guards Redis.</summary>
    public const string Redis = "redis";

    /// <summary>Guards writing results to Kafka.</summary>
    public const string Kafka = "kafka";

    /// <summary>Guards writing feedback to Kafka: a topic that is missing there must not stop the results.</summary>
    public const string KafkaFeedback = "kafka-feedback";

    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new();
    private readonly ResilienceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CircuitBreakers> _logger;

    // How often each breaker has changed to each state.
    private readonly ConcurrentDictionary<(string Name, CircuitState State), long> _transitions = new();

    internal CircuitBreakers(ResilienceOptions options, IMeterFactory meters, TimeProvider time, ILogger<CircuitBreakers> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        var meter = meters.Create(MetricNames.Meter);
        meter.CreateObservableCounter(
            MetricNames.BreakerTransitions,
            // From the start, as 0: Prometheus sees no growth in a series that begins with its first event.
            () => from breaker in All
                  from state in Enum.GetValues<CircuitState>()
                  select new Measurement<long>(
                      _transitions.GetValueOrDefault((breaker.Name, state)),
                      new KeyValuePair<string, object?>(MetricNames.Labels.Name, breaker.Name),
                      new KeyValuePair<string, object?>(MetricNames.Labels.State, state.Word())),
            null,
            "Changes of a circuit breaker to a state.");
        meter.CreateObservableGauge(
            MetricNames.BreakerState, () => Measure(breaker => (int)breaker.State), null, "State of a circuit breaker: 0 closed, 1 half-open, 2 open.");
        meter.CreateObservableCounter(
            MetricNames.BreakerRejected, () => Measure(breaker => breaker.Rejected), null, "Calls that a circuit breaker turned away.");
    }

    /// <summary>All breakers made so far, by name.</summary>
    public IReadOnlyList<CircuitBreaker> All => [.. _breakers.Values.OrderBy(breaker => breaker.Name, StringComparer.Ordinal)];

    /// <summary>The breaker of a dependency, made when it is first asked for. Names are label values and live as long as the service: never take them from users.</summary>
    public CircuitBreaker Get(string name) => _breakers.GetOrAdd(
        name,
        static (name, self) => new CircuitBreaker(name, self._options.FailureThreshold, self._options.RecoveryTimeout, self._time, self.Changed),
        this);

    /// <summary>The breaker of that name, if the service has one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out CircuitBreaker? breaker) => _breakers.TryGetValue(name, out breaker);

    private IEnumerable<Measurement<T>> Measure<T>(Func<CircuitBreaker, T> value)
        where T : struct => All.Select(breaker => new Measurement<T>(value(breaker), new KeyValuePair<string, object?>(MetricNames.Labels.Name, breaker.Name)));

    private void Changed(CircuitTransition change)
    {
        _transitions.AddOrUpdate((change.Name, change.To), 1, static (_, count) => count + 1);
        if (change.To == CircuitState.Open)
        {
            Opened(_logger, change.Name, change.ConsecutiveFailures, _options.RecoveryTimeout.TotalSeconds);
        }
        else
        {
            Moved(_logger, change.Name, change.From.Word(), change.To.Word());
        }
    }

    [LoggerMessage(
        EventId = 600,
        Level = LogLevel.Warning,
        Message = "Circuit breaker {Name} is open after {Failures} failures in a row; it is tried again in {Seconds} s")]
    private static partial void Opened(ILogger logger, string name, int failures, double seconds);

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "Circuit breaker {Name} went from {From} to {To}")]
    private static partial void Moved(ILogger logger, string name, string from, string to);
}
