using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Caching.Redis;

/// <summary>Calls to Redis, their failures, and what Redis says about itself.</summary>
internal sealed class RedisMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;

    public RedisMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MetricNames.Meter);
        _errors = _meter.CreateCounter<long>(MetricNames.RedisErrors, null, "Calls to Redis that failed, by operation and kind of error.");
        _duration = _meter.CreateHistogram(
            MetricNames.RedisOperationDuration,
            MetricNames.Seconds,
            "How long calls to Redis took, failed ones included.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets });
    }

    /// <summary>Publishes what Redis last said of itself; nothing before it has been asked.</summary>
    public void Observe(Func<RedisFigures?> figures)
    {
        _meter.CreateObservableGauge(
            MetricNames.RedisConnections,
            () => figures()?.Connections is { } count ? [new Measurement<int>(count)] : Array.Empty<Measurement<int>>(),
            null,
            "Connections of this replica by Redis' own count.");
        _meter.CreateObservableGauge(
            MetricNames.RedisSize,
            () => figures()?.Sizes.Select(size => new Measurement<long>(size.Bytes, CacheMetrics.TypeLabel(size.Type))) ?? [],
            null,
            "Memory that the entries of the service's namespace take in Redis, from its own count over a sample of keys.");
    }

    public void Ended(string operation, TimeSpan duration) => _duration.Record(duration.TotalSeconds, OperationLabel(operation));

    public void Failed(string operation, string error, TimeSpan duration)
    {
        Failed(operation, error);
        Ended(operation, duration);
    }

    public void Failed(string operation, string error, long count = 1) =>
        _errors.Add(count, OperationLabel(operation), new KeyValuePair<string, object?>(MetricNames.Labels.ErrorType, error));

    private static KeyValuePair<string, object?> OperationLabel(string operation) => new(MetricNames.Labels.Operation, operation);
}

/// <summary>The operations, as metrics name them.</summary>
internal static class RedisOperations
{
    public const string Get = "get";
    public const string GetMany = "mget";
    public const string Set = "set";
    public const string SetMany = "mset";
    public const string Delete = "delete";
    public const string Clear = "clear";
    public const string Ping = "ping";
    public const string Monitor = "monitor";
    public const string Frequent = "frequent";

    /// <summary>Whether Redis may refuse it and still answer lookups.</summary>
    public static bool IsWrite(string operation) => operation is Set or SetMany or Delete;
}
