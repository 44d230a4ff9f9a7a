using System.Diagnostics.Metrics;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Resilience;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>The cache of one replica, put together as the service does, without the service.</summary>
internal sealed class Replica : IAsyncDisposable
{
    public const string Model = "0123456789abcdef";

    /// <summary>What the model answers with.</summary>
    public const int PredictionValues = 3;

    public const int FeatureValues = 384;

    /// <summary>Short, so that tests see a breaker open and close.</summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);

    private readonly ServiceProvider _provider;
    private readonly CacheOptions _cacheOptions;
    private readonly RedisOptions _redisOptions;
    private readonly Dictionary<string, double> _metrics = [];

    private Replica(ServiceProvider provider, CacheOptions cacheOptions, RedisOptions redisOptions, CapturedLogs logs)
    {
        _provider = provider;
        _cacheOptions = cacheOptions;
        _redisOptions = redisOptions;
        Logs = logs;
        Failures = new RedisFailures(provider.GetRequiredService<IMeterFactory>());
    }

    /// <summary>What it logged: warnings and errors.</summary>
    public CapturedLogs Logs { get; }

    public RedisFailures Failures { get; }

    public SentimentCache Cache => _provider.GetRequiredService<SentimentCache>();

    public LocalCache Local => _provider.GetRequiredService<LocalCache>();

    public RedisCache Redis => _provider.GetRequiredService<RedisCache>();

    public RedisConnections Connections => _provider.GetRequiredService<RedisConnections>();

    public RedisMonitor Monitor => _provider.GetRequiredService<RedisMonitor>();

    public FrequentTexts Frequent => _provider.GetRequiredService<FrequentTexts>();

    /// <summary>The same by another clock.</summary>
    public FrequentTexts FrequentAt(TimeProvider time) => ActivatorUtilities.CreateInstance<FrequentTexts>(_provider, _cacheOptions, _redisOptions, Breaker, new Random(1), time);

    public CircuitBreaker Breaker => _provider.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Redis);

    /// <summary>A replica that has begun to connect.</summary>
    public static async Task<Replica> StartAsync(Action<RedisOptions> configure, Action<CacheOptions>? configureCache = null)
    {
        var redis = new RedisOptions
        {
            Enabled = true,
            Host = ["127.0.0.1"],
            SocketTimeout = TimeSpan.FromSeconds(2),
            SocketConnectTimeout = TimeSpan.FromSeconds(2),
            MonitorInterval = TimeSpan.FromMilliseconds(500),
        };
        configure(redis);
        var cache = new CacheOptions();
        configureCache?.Invoke(cache);
        var logs = new CapturedLogs();
        var provider = new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(logs))
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new ResilienceOptions { RecoveryTimeout = Recovery })
            .AddResilience()
            .AddSingleton(new AnswerShape(Model, PredictionValues, FeatureValues))
            .AddCaching(cache, redis)
            .BuildServiceProvider();
        var replica = new Replica(provider, cache, redis, logs);
        _ = replica.Cache;
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        return replica;
    }

    /// <summary>A replica that is connected, and whose monitor has asked Redis once: its first answer, that late, would close what a test has just opened.</summary>
    public static async Task<Replica> ConnectAsync(Action<RedisOptions> configure, Action<CacheOptions>? configureCache = null)
    {
        var replica = await StartAsync(configure, configureCache);
        await Service.Poll.UntilAsync(() => Task.FromResult(replica.Connections.IsConnected && replica.Monitor.Figures is not null), TimeSpan.FromSeconds(10));
        return replica;
    }

    /// <summary>The metrics of this replica, by name and labels: <c>redis_cache_hits{cache_type=prediction}</c>. Counters since this was first called.</summary>
    public IReadOnlyDictionary<string, double> Metrics()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, _provider.GetRequiredService<IMeterFactory>()) && instrument.IsObservable)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => _metrics[Name(instrument, labels)] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => _metrics[Name(instrument, labels)] = value);
        _metrics.Clear();
        listener.Start();
        listener.RecordObservableInstruments();
        return _metrics;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _provider.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _provider.DisposeAsync();
        Failures.Dispose();
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        labels.Length == 0 ? instrument.Name : $"{instrument.Name}{{{string.Join(',', labels.ToArray().Select(label => $"{label.Key}={label.Value}"))}}}";
}
