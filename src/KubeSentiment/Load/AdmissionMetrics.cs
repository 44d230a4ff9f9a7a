using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Load;

/// <summary>Which door a caller came through.</summary>
internal enum AdmissionDoor
{
    Interactive,
    Background,
}

/// <summary>What happens at the gate: texts in hand, waits, refusals.</summary>
internal sealed class AdmissionMetrics
{
    private static readonly KeyValuePair<string, object?> Interactive = new(MetricNames.Labels.Door, "interactive");
    private static readonly KeyValuePair<string, object?> Background = new(MetricNames.Labels.Door, "background");
    private readonly Meter _meter;
    private readonly Histogram<double> _wait;
    private readonly CountsByWord<AdmissionRefusal> _refused;

    public AdmissionMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MetricNames.Meter);
        _wait = _meter.CreateHistogram(
            MetricNames.AdmissionWait,
            MetricNames.Seconds,
            "How long callers who were let in had waited; those who did not wait are not counted.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets });
        _refused = new(
            _meter,
            MetricNames.AdmissionRefused,
            "Callers who were not let in, by reason.",
            MetricNames.Labels.Reason,
            Enum.GetValues<AdmissionRefusal>(),
            Word);
    }

    public void Observe(AdmissionController gate)
    {
        _meter.CreateObservableGauge(MetricNames.ActiveRequests, () => gate.Active, null, "Texts in hand.");
        _meter.CreateObservableGauge(
            MetricNames.QueuedRequests,
            () => new Measurement<int>[] { new(gate.Queued, Interactive), new(gate.QueuedInBackground, Background) },
            null,
            "Texts that wait to be let in.");
        _meter.CreateObservableGauge(MetricNames.AdmissionCapacity, () => gate.Capacity, null, "Most texts in hand at once.");
        _meter.CreateObservableGauge(MetricNames.AdmissionQueueCapacity, () => gate.QueueCapacity, null, "Most texts of HTTP callers that may wait to be let in.");
        _meter.CreateObservableGauge(MetricNames.AdmissionPressure, () => gate.Pressure, null, "How near the line of HTTP callers is to refusing: 0 while nobody waits, 1 when it does.");
    }

    public void Waited(AdmissionDoor door, TimeSpan duration) => _wait.Record(duration.TotalSeconds, door == AdmissionDoor.Interactive ? Interactive : Background);

    public void Refused(AdmissionRefusal refusal) => _refused.Add(refusal);

    private static string Word(AdmissionRefusal refusal) => refusal switch
    {
        AdmissionRefusal.QueueFull => "queue_full",
        AdmissionRefusal.TooLongToWait => "too_long_to_wait",
        _ => "waited_too_long",
    };
}
