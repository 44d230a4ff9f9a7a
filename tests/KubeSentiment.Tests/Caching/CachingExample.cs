using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>What docs/caching.md shows: the cache used by an application.</summary>
internal static class CachingExample
{
    public static async Task<(CachedAnswer? Found, int Many, bool Deleted)> RunAsync(SentimentCache cache, TextWriter output, CancellationToken cancellationToken)
    {
        #region application
        // set and get. The type gives the TTL; name what the answer depends on: here the model's version and the text.
        var answer = new CachedAnswer(Values: [-2.1f, 0.3f, 3.7f], Tokens: 7, Truncated: false);
        await cache.SetAsync(CacheType.Prediction, "v3:great film", answer, cancellationToken: cancellationToken);
        CachedAnswer? found = await cache.GetAsync(CacheType.Prediction, "v3:great film", cancellationToken: cancellationToken);

        // mset and mget, each one round trip, with a TTL and a tenant of its own.
        await cache.SetManyAsync(
            CacheType.Feature,
            new Dictionary<string, CachedAnswer> { ["v3:good"] = answer, ["v3:bad"] = answer },
            ttl: TimeSpan.FromMinutes(5),
            tenant: "tenant-a",
            cancellationToken);
        var many = await cache.GetManyAsync(CacheType.Feature, ["v3:good", "v3:bad", "v3:unknown"], tenant: "tenant-a", cancellationToken);

        // delete one entry, clear a namespace.
        bool deleted = await cache.DeleteAsync(CacheType.Feature, "v3:good", tenant: "tenant-a", cancellationToken);
        CacheClearance clearance = await cache.ClearAsync(tenant: "tenant-a", cancellationToken);

        // get_stats and health_check.
        CacheStatistics statistics = cache.GetStatistics();
        foreach (var level in statistics.Levels)
        {
            output.WriteLine($"{level.Level} {level.Type}: {level.Hits} hits, {level.Misses} misses, {level.HitRatePercent} %");
        }

        CacheHealth health = await cache.CheckHealthAsync(cancellationToken);
        output.WriteLine($"{(health.Healthy ? "healthy" : "degraded")}: {health.Message}");
        #endregion

        output.WriteLine($"{clearance.Memory} entries cleared");
        return (found, many.Count, deleted);
    }
}
