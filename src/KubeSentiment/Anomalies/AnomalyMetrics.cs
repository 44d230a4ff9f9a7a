using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Anomalies;

/// <summary>Publishes the counts that the detector and the buffer keep anyway, so that a prediction pays for no instrument.</summary>
internal sealed class AnomalyMetrics(IMeterFactory meters)
{
    private static readonly KeyValuePair<string, object?>[] Types =
        [.. AnomalyTypes.All.Select(type => new KeyValuePair<string, object?>(MetricNames.Labels.AnomalyType, type.Name()))];

    private static readonly KeyValuePair<string, object?> ForSize = new(MetricNames.Labels.EvictionReason, "size_limit");
    private static readonly KeyValuePair<string, object?> Expired = new(MetricNames.Labels.EvictionReason, "expired");

    private readonly Meter _meter = meters.Create(MetricNames.Meter);

    public void Observe(AnomalyDetector detector) => _meter.CreateObservableCounter(
        MetricNames.AnomalyDetected,
        () => AnomalyTypes.All.Select(type => new Measurement<long>(detector.Detected(type), Types[(int)type])),
        null,
        "Odd predictions by type, those from the cache included; one may be of several.");

    public void Observe(AnomalyBuffer buffer)
    {
        _meter.CreateObservableGauge(MetricNames.AnomalyBufferSize, () => buffer.Count, null, "Odd predictions kept for review.");
        _meter.CreateObservableGauge(MetricNames.AnomalyBufferCapacity, () => buffer.Capacity, null, "Most odd predictions that are kept.");
        _meter.CreateObservableGauge(MetricNames.AnomalyBufferBytes, () => buffer.Bytes, null, "Bytes of the odd predictions that are kept, with texts and bookkeeping.");
        _meter.CreateObservableCounter(
            MetricNames.AnomalyBufferEvictions,
            () => new Measurement<long>[] { new(buffer.EvictedForSize, ForSize), new(buffer.Expired, Expired) },
            null,
            "Odd predictions that left the buffer, because it was full or because their time was over.");
    }
}
