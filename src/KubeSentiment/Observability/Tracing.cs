using System.Diagnostics;

namespace KubeSentiment.Observability;

/// <summary>Where the service's own spans come from.</summary>
internal static class Tracing
{
    public static readonly ActivitySource Source = new(MetricNames.Meter);
}
