using KubeSentiment.Caching.Redis;
using KubeSentiment.Resilience;

namespace KubeSentiment.Caching;

/// <summary>Registers the cache.</summary>
internal static class CachingServices
{
    /// <summary>Memory alone, or memory and Redis; with the cache off, a cache that finds nothing.</summary>
    public static IServiceCollection AddCaching(this IServiceCollection services, CacheOptions options, RedisOptions redis)
    {
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton(provider => new LocalCache(options.MaxEntries, options.MaxBytes, options.Eviction, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SentimentCache(
            options,
            redis,
            provider.GetRequiredService<LocalCache>(),
            provider.GetService<SharedLevel>(),
            provider.GetRequiredService<CacheMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().AddCheck<CacheHealthCheck>("cache");
        if (options.Enabled && redis.Enabled)
        {
            services.AddRedis(options, redis);
        }

        return services;
    }

    private static void AddRedis(this IServiceCollection services, CacheOptions options, RedisOptions redis)
    {
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton(provider => new RedisConnections(
            redis, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisConnections>>()));
        services.AddSingleton(provider => new RedisGate(
            provider.GetRequiredService<RedisConnections>(),
            Breaker(provider),
            provider.GetRequiredService<RedisMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            redis.Budget));
        services.AddSingleton(provider =>
        {
            var connections = provider.GetRequiredService<RedisConnections>();
            var time = provider.GetRequiredService<TimeProvider>();
            return new WriteQueue(
                redis.WriteQueueSize,
                batch => RedisCommands.WriteAsync(connections, batch, time),
                Breaker(provider),
                provider.GetRequiredService<RedisMetrics>(),
                new Random(),
                time,
                provider.GetRequiredService<ILogger<WriteQueue>>());
        });
        services.AddSingleton(provider => new RedisCache(
            provider.GetRequiredService<RedisConnections>(),
            provider.GetRequiredService<RedisGate>(),
            provider.GetRequiredService<WriteQueue>(),
            provider.GetRequiredService<RedisMetrics>(),
            Shape(provider),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RedisMonitor(
            provider.GetRequiredService<RedisConnections>(),
            provider.GetRequiredService<RedisCache>(),
            provider.GetRequiredService<LocalCache>(),
            provider.GetRequiredService<RedisMetrics>(),
            redis,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisMonitor>>()));
        services.AddSingleton(provider => new FrequentTexts(
            provider.GetRequiredService<RedisConnections>(),
            Breaker(provider),
            provider.GetRequiredService<LocalCache>(),
            provider.GetRequiredService<RedisMetrics>(),
            options,
            redis,
            Shape(provider),
            new Random(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var (cache, monitor) = (provider.GetRequiredService<RedisCache>(), provider.GetRequiredService<RedisMonitor>());
            provider.GetRequiredService<RedisMetrics>().Observe(() => monitor.Figures);
            return new SharedLevel(cache, provider.GetRequiredService<FrequentTexts>(), monitor);
        });

        // Stopped in reverse: the writes last, when nothing adds any.
        services.AddHostedService(provider => provider.GetRequiredService<WriteQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisMonitor>());
        if (options.WarmFrequentKeys > 0)
        {
            services.AddHostedService(provider => provider.GetRequiredService<FrequentTexts>());
        }
    }

    /// <summary>Known where there is a model; the cache can be had without.</summary>
    private static AnswerShape Shape(IServiceProvider provider) => provider.GetService<AnswerShape>() ?? AnswerShape.Unknown;

    private static CircuitBreaker Breaker(IServiceProvider provider) => provider.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Redis);
}
