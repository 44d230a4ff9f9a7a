using System.Collections.Frozen;
using KubeSentiment.Load;
using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Counts and times every request.</summary>
internal sealed class RequestTelemetry(RequestMetrics metrics, LoadMetrics load, TimeProvider time)
{
    private static readonly FrozenSet<string> Methods =
        FrozenSet.Create("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var started = time.GetTimestamp();
        metrics.Started();
        try
        {
            await next(context);
        }
        finally
        {
            var (route, status, duration) = (Route(context), context.Response.StatusCode, time.GetElapsedTime(started));
            metrics.Finished(route, Method(context), status, duration);
            if (IsWork(context) && status != StatusCodes.Status503ServiceUnavailable)
            {
                load.RecordResponseTime(duration, failed: status is StatusCodes.Status500InternalServerError or StatusCodes.Status504GatewayTimeout);
            }
        }
    }

    /// <summary>Probes and scrapes are no work, and refusals none that was done: neither says how the service does.</summary>
    private static bool IsWork(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<ApiKeyGuard.OpenToAll>() is null;

    /// <summary>Paths and methods are the caller's words: only those that the service knows become label values.</summary>
    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    private static string Method(HttpContext context) => Methods.Contains(context.Request.Method) ? context.Request.Method : "other";
}
