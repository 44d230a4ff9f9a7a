using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Caching;

/// <summary>Publishes the counts that the cache keeps anyway, so that a hit pays for no instrument.</summary>
internal sealed class CacheMetrics(IMeterFactory meters)
{
    private static readonly KeyValuePair<string, object?>[] Types =
        [.. CacheTypes.All.Select(type => new KeyValuePair<string, object?>(MetricNames.Labels.CacheType, type.Name()))];

    private readonly Meter _meter = meters.Create(MetricNames.Meter);

    public static KeyValuePair<string, object?> TypeLabel(CacheType type) => Types[(int)type];

    /// <summary>The first level.</summary>
    public void ObserveMemory(Func<CacheType, CacheCounters> counters, Func<CacheType, LocalUsage> usage, CacheOptions options)
    {
        Counter(MetricNames.CacheHits, "Lookups that found an answer in memory.", type => counters(type).Hits);
        Counter(MetricNames.CacheMisses, "Lookups that found none in memory.", type => counters(type).Misses);
        Counter(MetricNames.CacheEvictions, "Answers that had to leave the memory because it was full.", type => usage(type).Evictions);
        Gauge(MetricNames.CacheEntries, "Answers in memory.", type => usage(type).Entries);
        Gauge(MetricNames.CacheBytes, "Bytes of the answers in memory, with texts and bookkeeping.", type => usage(type).Bytes);
        _meter.CreateObservableGauge(MetricNames.CacheMaxEntries, () => options.MaxEntries, null, "Most answers in memory.");
        _meter.CreateObservableGauge(MetricNames.CacheMaxBytes, () => options.MaxBytes, null, "Most bytes of answers in memory.");
    }

    /// <summary>The second level; null where it is off: the way to it is then published as unused, what Redis itself does is not.</summary>
    public void ObserveRedis(Redis.RedisCache? redis)
    {
        _meter.CreateObservableCounter(
            MetricNames.CacheSkippedLookups, () => redis?.Skipped ?? 0, null, "Texts not looked up in Redis because its breaker was open.");
        _meter.CreateObservableCounter(
            MetricNames.CacheSparedLookups, () => redis?.Spared ?? 0, null, "Texts not looked up in Redis because lookups found next to nothing.");
        _meter.CreateObservableCounter(MetricNames.CacheDroppedWrites, () => redis?.Writes.Dropped ?? 0, null, "Answers that were not written to Redis.");
        _meter.CreateObservableGauge(MetricNames.CacheWriteQueue, () => redis?.Writes.Count ?? 0, null, "Answers that wait to be written to Redis.");
        _meter.CreateObservableGauge(
            MetricNames.CacheWriteQueueCapacity, () => redis?.Writes.Capacity ?? 0, null, "Most answers that may wait to be written to Redis.");
        if (redis is not null)
        {
            Counter(MetricNames.RedisHits, "Lookups that found an answer in Redis.", type => redis.CountersOf(type).Hits);
            Counter(MetricNames.RedisMisses, "Lookups that found none in Redis.", type => redis.CountersOf(type).Misses);
        }
    }

    private void Counter(string name, string description, Func<CacheType, long> value) =>
        _meter.CreateObservableCounter(name, () => Measure(value), null, description);

    private void Gauge(string name, string description, Func<CacheType, long> value) =>
        _meter.CreateObservableGauge(name, () => Measure(value), null, description);

    private static IEnumerable<Measurement<long>> Measure(Func<CacheType, long> value) =>
        CacheTypes.All.Select(type => new Measurement<long>(value(type), TypeLabel(type)));
}
