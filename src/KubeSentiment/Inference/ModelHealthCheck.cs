using KubeSentiment.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KubeSentiment.Inference;

/// <summary>Healthy once the model is warm.</summary>
internal sealed class ModelHealthCheck(SentimentModel model, Readiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.State == ReadinessState.Starting
            ? HealthCheckResult.Unhealthy("The model warms up.")
            : HealthCheckResult.Healthy($"{model.Folder.Name} {model.Fingerprint} answers."));
}
