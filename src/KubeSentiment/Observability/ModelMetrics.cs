using System.Diagnostics.Metrics;

namespace KubeSentiment.Observability;

/// <summary>Which model answers, and whether it does.</summary>
internal sealed class ModelMetrics(IMeterFactory meters, Readiness readiness)
{
    public void Observe(string name, string version)
    {
        var meter = meters.Create(MetricNames.Meter);
        KeyValuePair<string, object?>[] model =
        [
            new(MetricNames.Labels.Model, name),
            new(MetricNames.Labels.Version, version),
        ];
        meter.CreateObservableGauge(MetricNames.ModelInfo, () => new Measurement<int>(1, model), null, "The model that answers; always 1.");
        meter.CreateObservableGauge(
            MetricNames.ModelReady, () => readiness.State == ReadinessState.Ready ? 1 : 0, null, "1 while this replica wants traffic.");
    }
}
