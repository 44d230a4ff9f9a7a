using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Bench.Benchmarks;

/// <summary>What the cache costs a request in this process: a hit, a miss, remembering, and the key of a text's tokens.</summary>
[MemoryDiagnoser]
public class CacheBenchmarks
{
    private const int Entries = 50_000;

    private static readonly CachedAnswer Answer = new([0.1f, 0.2f, 0.3f], 20, false);

    private readonly int[] _tokens = [.. Enumerable.Range(0, 128)];
    private SentimentCache _cache = null!;
    private string[] _texts = [];
    private string[] _others = [];
    private int _next;

    /// <summary>Characters of a text; 120 is a long sentence.</summary>
    [Params(20, 120, 1000)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var options = new CacheOptions();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var local = new LocalCache(options.MaxEntries, long.MaxValue, options.Eviction, TimeProvider.System);
        _cache = new SentimentCache(options, new RedisOptions(), local, shared: null, new CacheMetrics(meters), TimeProvider.System);
        _texts = [.. Enumerable.Range(0, Entries).Select(i => $"{i:D8}".PadRight(Length, 'x'))];
        // Other objects with the same characters, as requests bring them.
        _others = [.. _texts.Select(text => new string(text.AsSpan()))];
        Array.ForEach(_texts, text => _cache.Remember(CacheType.Prediction, text, new CacheKey("model", 1), Answer));
    }

    [Benchmark]
    public bool Hit() => _cache.TryGetLocal(CacheType.Prediction, _others[Next() & 0xff], out _);

    [Benchmark]
    public bool HitAmongMany() => _cache.TryGetLocal(CacheType.Prediction, _others[Next()], out _);

    [Benchmark]
    public bool Miss() => _cache.TryGetLocal(CacheType.Feature, _others[Next()], out _);

    [Benchmark]
    public void Remember() => _cache.Remember(CacheType.Prediction, _others[Next()], new CacheKey("model", 1), Answer);

    [Benchmark]
    public CacheKey KeyOf128Tokens() => CacheKey.OfTokens("0123456789abcdef", _tokens);

    private int Next() => _next = (_next + 7919) % Entries;
}
