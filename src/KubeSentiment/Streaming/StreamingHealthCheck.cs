using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KubeSentiment.Streaming;

/// <summary>Healthy, or degraded while consumers wait for the brokers: HTTP is served all the same.</summary>
internal sealed class StreamingHealthCheck(SentimentConsumers consumers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var info = consumers.GetInstanceInfo();
        var away = info.Threads.Count(thread => thread.State is ConsumerState.Starting or ConsumerState.Recovering);
        return Task.FromResult(away == 0
            ? HealthCheckResult.Healthy($"{info.Threads.Count} consumers, lag {info.Lag}.")
            : HealthCheckResult.Degraded($"{away} of {info.Threads.Count} consumers wait for Kafka."));
    }
}
