using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Resilience;

/// <summary>When a failing dependency is left alone, and for how long.</summary>
[Settings("Resilience")]
internal sealed class ResilienceOptions
{
    /// <summary>Failures in a row that open a circuit breaker. Lower it to give up on a dependency sooner, raise it where single failures are common.</summary>
    [Setting("CIRCUIT_BREAKER_FAILURE_THRESHOLD", AlsoUnprefixed = true), Range(1, 10_000)]
    public int FailureThreshold { get; set; } = 5;

    /// <summary>How long an open circuit breaker waits before it tries the dependency again. Lower it where dependencies come back fast.</summary>
    [Setting("CIRCUIT_BREAKER_RECOVERY_TIMEOUT", AlsoUnprefixed = true), Duration(0.1, 86_400)]
    public TimeSpan RecoveryTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
