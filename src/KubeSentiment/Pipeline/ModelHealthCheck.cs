using KubeSentiment.Inference;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KubeSentiment.Pipeline;

/// <summary>Healthy once the model is warm, and degraded while it is not asked because it failed again and again: what is remembered is answered all the same.</summary>
internal sealed class ModelHealthCheck(SentimentModel model, CircuitBreakers breakers, Readiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var breaker = breakers.Get(CircuitBreakers.Model).Snapshot();
        return Task.FromResult(
            readiness.State == ReadinessState.Starting ? HealthCheckResult.Unhealthy("The model warms up.")
            : breaker.State == CircuitState.Closed ? HealthCheckResult.Healthy($"{model.Folder.Name} {model.Fingerprint} answers.")
            : HealthCheckResult.Degraded($"The model failed {breaker.ConsecutiveFailures} times in a row: its circuit breaker is {breaker.State.Word()}."));
    }
}
