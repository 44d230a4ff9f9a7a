using System.Diagnostics.Metrics;

namespace KubeSentiment.Observability;

/// <summary>Requests by route, method and status: how many, how long, how many at this moment.</summary>
internal sealed class RequestMetrics
{
    // A label's value is an object: these are made once and not for each request.
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 600).Select(object (status) => status)];

    private readonly Histogram<double> _duration;

    // Interlocked.
    private int _inHand;

    public RequestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        _duration = meter.CreateHistogram(
            MetricNames.RequestDuration,
            MetricNames.Seconds,
            "How long requests took.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets });
        meter.CreateObservableUpDownCounter(MetricNames.RequestsInHand, () => Volatile.Read(ref _inHand), null, "HTTP requests in hand, those that wait and probes included.");
    }

    public void Started() => Interlocked.Increment(ref _inHand);

    /// <summary>Ends what <see cref="Started"/> began.</summary>
    /// <param name="route">The route's pattern, never the path: label values must be few.</param>
    /// <param name="method">One of HTTP's own methods.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="duration">From the first middleware in to the last one out.</param>
    public void Finished(string route, string method, int status, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inHand);
        _duration.Record(
            duration.TotalSeconds,
            new KeyValuePair<string, object?>(MetricNames.Labels.Route, route),
            new KeyValuePair<string, object?>(MetricNames.Labels.Method, method),
            new KeyValuePair<string, object?>(MetricNames.Labels.Status, status < Statuses.Length ? Statuses[status] : status));
    }
}
