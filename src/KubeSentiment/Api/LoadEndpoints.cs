using KubeSentiment.Api.Contracts;
using KubeSentiment.Load;
using KubeSentiment.Resilience;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>The load of this replica and its circuit breakers, looked at and reset over HTTP.</summary>
internal static class LoadEndpoints
{
    private const int Digits = 4;

    public static Ok<LoadAnswer> Load(LoadMonitor monitor, AdmissionController gate)
    {
        var load = monitor.Snapshot();
        return TypedResults.Ok(new LoadAnswer(
            load.Active,
            load.Queued,
            load.QueuedInBackground,
            gate.Capacity,
            gate.QueueCapacity,
            Math.Round(load.RequestsPerSecond, Digits),
            Math.Round(load.ErrorRate, Digits),
            AnswerStamp.Milliseconds(load.MeanResponseTime),
            AnswerStamp.Milliseconds(load.P95ResponseTime),
            Math.Round(load.CpuUtilization, Digits),
            Math.Round(load.MemoryUtilization, Digits),
            Math.Round(monitor.Score, Digits)));
    }

    public static Ok<HpaAnswer> Hpa(LoadMonitor monitor)
    {
        var metrics = monitor.GetHpaMetrics();
        return TypedResults.Ok(new HpaAnswer(
            Math.Round(metrics.CpuUtilization, Digits),
            Math.Round(metrics.MemoryUtilization, Digits),
            metrics.ActiveRequests,
            metrics.QueuedRequests,
            Math.Round(metrics.HealthScore, Digits),
            metrics.ShouldScaleUp,
            metrics.ShouldScaleDown,
            metrics.Reasons));
    }

    public static Ok<BreakersAnswer> Breakers(CircuitBreakers breakers) =>
        TypedResults.Ok(new BreakersAnswer([.. breakers.All.Select(breaker => Describe(breaker.Snapshot()))]));

    public static Results<Ok<BreakerAnswer>, ProblemResult> Reset(string name, CircuitBreakers breakers)
    {
        if (!breakers.TryGet(name, out var breaker))
        {
            return new ProblemResult(ApiError.NoSuchBreaker, $"The breakers are {string.Join(", ", breakers.All.Select(known => known.Name))}.");
        }

        breaker.Reset();
        return TypedResults.Ok(Describe(breaker.Snapshot()));
    }

    private static BreakerAnswer Describe(CircuitSnapshot breaker) => new(
        breaker.Name,
        breaker.State.Word(),
        breaker.ConsecutiveFailures,
        breaker.FailureThreshold,
        breaker.RecoveryTimeout.TotalSeconds,
        Math.Round(breaker.RetryAfter.TotalSeconds, Digits),
        breaker.Rejected,
        breaker.Since);
}
