using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Load;

/// <summary>What a rule of an autoscaler can use.</summary>
/// <param name="CpuUtilization">Share of the CPU limit in use, 0..1.</param>
/// <param name="MemoryUtilization">Share of the memory limit in use, 0..1.</param>
/// <param name="ActiveRequests">Texts in hand.</param>
/// <param name="QueuedRequests">Texts of HTTP callers that wait.</param>
/// <param name="HealthScore">See <see cref="Load.HealthScore"/>.</param>
/// <param name="ShouldScaleUp">See <see cref="ScalingAdvice"/>.</param>
/// <param name="ShouldScaleDown">See <see cref="ScalingAdvice"/>.</param>
/// <param name="Reasons">Which of the triggers hold, in words.</param>
public sealed record HpaMetrics(
    double CpuUtilization,
    double MemoryUtilization,
    int ActiveRequests,
    int QueuedRequests,
    double HealthScore,
    bool ShouldScaleUp,
    bool ShouldScaleDown,
    IReadOnlyList<string> Reasons);

/// <summary>The load, its score and the advice that follows, for people and autoscalers.</summary>
public sealed class LoadMonitor
{
    private readonly LoadMetrics _metrics;
    private readonly AdmissionController _gate;
    private readonly ScalingAdvisor _advisor;
    private readonly IUsageReader _usage;

    // Swapped whole by the sampler.
    private volatile ScalingAdvice _advice = ScalingAdvice.Stay;

    internal LoadMonitor(LoadMetrics metrics, AdmissionController gate, ScalingAdvisor advisor, IUsageReader usage, IMeterFactory meters)
    {
        _metrics = metrics;
        _gate = gate;
        _advisor = advisor;
        _usage = usage;
        var meter = meters.Create(MetricNames.Meter);
        meter.CreateObservableGauge(MetricNames.CpuUtilization, () => _metrics.Snapshot().CpuUtilization, null, "Share of the CPU limit in use, 0 to 1.");
        meter.CreateObservableGauge(MetricNames.MemoryUtilization, () => _metrics.Snapshot().MemoryUtilization, null, "Share of the memory limit in use, 0 to 1.");
        meter.CreateObservableGauge(MetricNames.HealthScore, () => Score, null, "How well this replica is: 100 at rest, 0 when it drowns.");
        meter.CreateObservableGauge(MetricNames.ShouldScaleUp, () => _advice.ShouldScaleUp ? 1 : 0, null, "1 while this replica has too much to do.");
        meter.CreateObservableGauge(MetricNames.ShouldScaleDown, () => _advice.ShouldScaleDown ? 1 : 0, null, "1 while this replica has had too little to do for a while.");
    }

    /// <summary>The health score at this moment.</summary>
    public double Score => ScoreOf(_metrics.Snapshot());

    /// <summary>The advice of the last sample, up to a second old.</summary>
    public ScalingAdvice Advice => _advice;

    /// <summary>The load at this moment.</summary>
    public LoadSnapshot Snapshot() => _metrics.Snapshot();

    /// <summary>What a rule of an autoscaler can use, at this moment; the advice is up to a second old, CPU and memory five.</summary>
    public HpaMetrics GetHpaMetrics()
    {
        var load = _metrics.Snapshot();
        var advice = _advice;
        return new HpaMetrics(
            load.CpuUtilization, load.MemoryUtilization, load.Active, load.Queued, ScoreOf(load), advice.ShouldScaleUp, advice.ShouldScaleDown, advice.Reasons);
    }

    /// <summary>Measures and thinks again. One thread at a time.</summary>
    internal void Sample()
    {
        _metrics.Measured(_usage.Read());
        var load = _metrics.Snapshot();
        _advice = _advisor.Observe(load, ScoreOf(load));
    }

    private double ScoreOf(LoadSnapshot load) => HealthScore.Of(load, _gate.Capacity, _gate.QueueCapacity);
}
