namespace KubeSentiment.Api.Contracts;

/// <summary>The load of this replica. Counts are texts; rates and times are those of the last minute.</summary>
/// <param name="ActiveRequests">Texts in hand.</param>
/// <param name="QueuedRequests">Texts that wait to be let in.</param>
/// <param name="QueuedInBackground">Texts of Kafka and of jobs that wait.</param>
/// <param name="MaxConcurrentRequests">Most texts in hand.</param>
/// <param name="MaxQueueSize">Most texts that may wait.</param>
/// <param name="RequestsPerSecond">Responses a second.</param>
/// <param name="ErrorRate">Share of responses that the service failed, 0..1.</param>
/// <param name="MeanResponseTimeMs">Mean response time.</param>
/// <param name="P95ResponseTimeMs">The time in which 95 % were answered.</param>
/// <param name="CpuUtilization">Share of the CPU limit in use, 0..1.</param>
/// <param name="MemoryUtilization">Share of the memory limit in use, 0..1.</param>
/// <param name="HealthScore">100 at rest, 0 when the replica drowns.</param>
internal sealed record LoadAnswer(
    int ActiveRequests,
    int QueuedRequests,
    int QueuedInBackground,
    int MaxConcurrentRequests,
    int MaxQueueSize,
    double RequestsPerSecond,
    double ErrorRate,
    double MeanResponseTimeMs,
    double P95ResponseTimeMs,
    double CpuUtilization,
    double MemoryUtilization,
    double HealthScore);

/// <summary>What a rule of an autoscaler can use.</summary>
/// <param name="CpuUtilization">Share of the CPU limit in use, 0..1.</param>
/// <param name="MemoryUtilization">Share of the memory limit in use, 0..1.</param>
/// <param name="ActiveRequests">Texts in hand.</param>
/// <param name="QueuedRequests">Texts that wait to be let in.</param>
/// <param name="HealthScore">100 at rest, 0 when the replica drowns.</param>
/// <param name="ShouldScaleUp">Whether this replica has too much to do.</param>
/// <param name="ShouldScaleDown">Whether it has had too little to do for a while.</param>
/// <param name="Reasons">Which of the triggers hold, in words.</param>
internal sealed record HpaAnswer(
    double CpuUtilization,
    double MemoryUtilization,
    int ActiveRequests,
    int QueuedRequests,
    double HealthScore,
    bool ShouldScaleUp,
    bool ShouldScaleDown,
    IReadOnlyList<string> Reasons);

/// <summary>The circuit breakers of this replica.</summary>
internal sealed record BreakersAnswer(IReadOnlyList<BreakerAnswer> CircuitBreakers);

/// <summary>One circuit breaker.</summary>
/// <param name="Name">The dependency behind it.</param>
/// <param name="State">closed, open or half_open.</param>
/// <param name="ConsecutiveFailures">Failures in a row.</param>
/// <param name="FailureThreshold">How many open it.</param>
/// <param name="RecoveryTimeoutSeconds">How long it stays open before a trial.</param>
/// <param name="RetryAfterSeconds">How long it still stays open.</param>
/// <param name="RejectedCalls">Calls turned away since the start.</param>
/// <param name="Since">When the state began.</param>
internal sealed record BreakerAnswer(
    string Name,
    string State,
    int ConsecutiveFailures,
    int FailureThreshold,
    double RecoveryTimeoutSeconds,
    double RetryAfterSeconds,
    long RejectedCalls,
    DateTimeOffset Since);
