using System.Diagnostics;

namespace KubeSentiment.Observability;

/// <summary>Where the service's own spans come from.</summary>
internal static class Tracing
{
    public static readonly ActivitySource Source = new(MetricNames.Meter);

    /// <summary>Says that what a span is about has failed, and of what, as OpenTelemetry's semantic conventions do. Nothing where there is no span.</summary>
    public static void Fail(Activity? span, string? error) => span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);

    /// <summary>A span of a wait that is over, in the trace of who waited. Nothing where nobody collects traces, and for who did not wait.</summary>
    public static void Waited(string name, TimeSpan duration, TimeProvider time)
    {
        if (duration > TimeSpan.Zero && Source.HasListeners())
        {
            using var span = Source.StartActivity(ActivityKind.Internal, startTime: time.GetUtcNow() - duration, name: name);
        }
    }
}
