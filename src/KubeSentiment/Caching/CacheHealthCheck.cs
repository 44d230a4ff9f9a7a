using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KubeSentiment.Caching;

/// <summary>Healthy, or degraded while Redis is away: the service then answers all the same, only slower.</summary>
internal sealed class CacheHealthCheck(SentimentCache cache) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = await cache.CheckHealthAsync(cancellationToken);
        return health.Healthy ? HealthCheckResult.Healthy(health.Message) : HealthCheckResult.Degraded(health.Message);
    }
}
