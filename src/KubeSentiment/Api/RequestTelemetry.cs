using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Counts and times every request.</summary>
internal sealed class RequestTelemetry(RequestMetrics metrics, TimeProvider time)
{
    private static readonly HashSet<string> Methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

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
            metrics.Finished(Route(context), Method(context), context.Response.StatusCode, time.GetElapsedTime(started));
        }
    }

    /// <summary>Paths and methods are the caller's words: only those that the service knows become label values.</summary>
    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    private static string Method(HttpContext context) => Methods.Contains(context.Request.Method) ? context.Request.Method : "other";
}
