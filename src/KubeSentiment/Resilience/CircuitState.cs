namespace KubeSentiment.Resilience;

/// <summary>What a breaker does with calls. The numbers are the metric's values.</summary>
public enum CircuitState
{
    /// <summary>Calls go through.</summary>
    Closed = 0,

    /// <summary>One call at a time goes through, to see whether the dependency is back.</summary>
    HalfOpen = 1,

    /// <summary>No call goes through.</summary>
    Open = 2,
}

/// <summary>A change of state.</summary>
/// <param name="Name">The breaker's name.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="ConsecutiveFailures">Failures in a row at that moment.</param>
public readonly record struct CircuitTransition(string Name, CircuitState From, CircuitState To, int ConsecutiveFailures);

/// <summary>A breaker at one moment.</summary>
/// <param name="Name">The dependency it guards.</param>
/// <param name="State">An open breaker turns half-open with the first call after its recovery timeout, not by itself.</param>
/// <param name="ConsecutiveFailures">Failures since the last success or reset, trials included.</param>
/// <param name="FailureThreshold">Failures in a row that open it.</param>
/// <param name="RecoveryTimeout">How long it stays open before a trial.</param>
/// <param name="RetryAfter">How long it stays open from now; zero in any other state.</param>
/// <param name="Since">When the state was entered; when the breaker was made, if it never changed.</param>
/// <param name="Rejected">Calls turned away since the start.</param>
public sealed record CircuitSnapshot(
    string Name,
    CircuitState State,
    int ConsecutiveFailures,
    int FailureThreshold,
    TimeSpan RecoveryTimeout,
    TimeSpan RetryAfter,
    DateTimeOffset Since,
    long Rejected);
