using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Tests.Inference;

namespace KubeSentiment.Tests.Caching;

/// <summary>Caches without servers.</summary>
internal static class TestCaches
{
    public static SentimentCache Memory(TimeProvider time, CacheOptions? options = null)
    {
        options ??= new CacheOptions();
        var local = new LocalCache(options.MaxEntries, options.MaxBytes, options.Eviction, time);
        return new SentimentCache(options, new RedisOptions(), local, shared: null, new CacheMetrics(Models.Meters()), time);
    }
}
