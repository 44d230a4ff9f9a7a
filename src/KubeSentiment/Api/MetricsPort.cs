using KubeSentiment.Configuration;
using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Keeps <c>/metrics</c> on a port of its own, where there is one, and all else off it.</summary>
/// <remarks>Told apart by the port that the connection came to: the host that a request names is the caller's word.</remarks>
internal sealed class MetricsPort(ObservabilityOptions observability, ServiceOptions service)
{
    /// <summary>Whether metrics have a port that is not the service's.</summary>
    public bool IsOfItsOwn { get; } = observability is { EnableMetrics: true, MetricsPort: not 0 } && observability.MetricsPort != service.Port;

    /// <summary>Whether a request came by the port of the metrics alone.</summary>
    public bool Has(HttpContext context) => IsOfItsOwn && context.Connection.LocalPort == observability.MetricsPort;

    /// <summary>Takes the route from a request that came by the wrong port: it ends as any unknown path does.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var asksForMetrics = context.GetEndpoint()?.Metadata.GetMetadata<Scrape>() is not null;
        if (asksForMetrics != Has(context))
        {
            context.SetEndpoint(null);
        }

        return next(context);
    }

    /// <summary>Marks the routes of metrics.</summary>
    internal sealed class Scrape;
}
