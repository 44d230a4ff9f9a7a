using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Observability;

/// <summary>What the service tells about itself, and where it sends it.</summary>
[Settings("Observability")]
internal sealed class ObservabilityOptions : IValidatableObject
{
    /// <summary>Serves Prometheus metrics at <c>/metrics</c>. Turn it off only where nobody reads them.</summary>
    [Setting("ENABLE_METRICS")]
    public bool EnableMetrics { get; set; } = true;

    /// <summary>
    /// TCP port of <c>/metrics</c> alone, which is then served nowhere else. Set it where the service's own port is open to the public; 0 serves metrics there.
    /// </summary>
    [Setting("METRICS_PORT"), Range(0, 65535)]
    public int MetricsPort { get; set; }

    /// <summary>Sends traces to <c>MLOPS_OTLP_ENDPOINT</c>, but for probes and scrapes. Turn it on where a collector runs.</summary>
    [Setting("ENABLE_TRACING")]
    public bool EnableTracing { get; set; }

    /// <summary>OpenTelemetry collector that takes the traces, such as <c>http://otel-collector:4317</c>. Needed when tracing is on.</summary>
    [Setting("OTLP_ENDPOINT"), HttpUrl]
    public string? OtlpEndpoint { get; set; }

    /// <summary>Name of the service in traces and metrics. Change it to tell several installations apart.</summary>
    [Setting("SERVICE_NAME"), StringLength(100)]
    public string ServiceName { get; set; } = "kubesentiment";

    /// <summary>Share of requests that start a trace, from 0 to all. Lower it when the collector cannot keep up; a caller's own decision is kept.</summary>
    [Setting("TRACE_SAMPLE_RATIO"), Range(0.0, 1.0)]
    public double TraceSampleRatio { get; set; } = 1.0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EnableTracing && OtlpEndpoint is null)
        {
            yield return new ValidationResult("is needed when MLOPS_ENABLE_TRACING is true", [nameof(OtlpEndpoint), nameof(EnableTracing)]);
        }
    }
}
