using System.Collections.Frozen;
using KubeSentiment.Load;
using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Counts and times every request, and logs them for developers.</summary>
internal sealed partial class RequestTelemetry(RequestMetrics metrics, LoadMetrics load, TimeProvider time, ILogger<RequestTelemetry> logger)
{
    // Settings are read once.
    private readonly bool _isLogged = logger.IsEnabled(LogLevel.Debug);

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

            if (_isLogged)
            {
                Answered(logger, context.TraceIdentifier, Method(context), route, status, duration.TotalMilliseconds);
            }
        }
    }

    /// <summary>Probes and scrapes are no work, and refusals none that was done: neither says how the service does.</summary>
    private static bool IsWork(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<ApiKeyGuard.OpenToAll>() is null;

    /// <summary>Paths and methods are the caller's words: only those that the service knows become label values and come into the log.</summary>
    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    private static string Method(HttpContext context) => Methods.Contains(context.Request.Method) ? context.Request.Method : "other";

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "Request {CorrelationId}: {Method} {Route} was answered with {Status} after {Milliseconds:0.000} ms")]
    private static partial void Answered(ILogger logger, string correlationId, string method, string route, int status, double milliseconds);
}
