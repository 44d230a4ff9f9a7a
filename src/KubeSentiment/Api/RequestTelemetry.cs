using System.Collections.Frozen;
using KubeSentiment.Load;
using KubeSentiment.Observability;

namespace KubeSentiment.Api;

/// <summary>Counts and times every request, logs them for developers, and breaks off those that fail when their answer is half sent.</summary>
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
        int? cutOff = null;
        try
        {
            await next(context);
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            cutOff = CutOff(context, e);
        }
        finally
        {
            var (route, status, duration) = (Route(context), cutOff ?? context.Response.StatusCode, time.GetElapsedTime(started));
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

    /// <summary>Breaks the connection: nothing else can still tell the caller that the answer is not whole. The status that it began with is not how it ended.</summary>
    /// <returns>The status that it should have had.</returns>
    private int CutOff(HttpContext context, Exception cause)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return StatusCodes.Status499ClientClosedRequest;
        }

        BrokenOff(logger, context.TraceIdentifier, Method(context), Route(context), cause);
        context.Abort();
        return StatusCodes.Status500InternalServerError;
    }

    /// <summary>Probes and scrapes are no work, and refusals none that was done: neither says how the service does.</summary>
    private static bool IsWork(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<ApiKeyGuard.OpenToAll>() is null;

    /// <summary>Paths and methods are the caller's words: only those that the service knows become label values and come into the log.</summary>
    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    private static string Method(HttpContext context) => Methods.Contains(context.Request.Method) ? context.Request.Method : "other";

    [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "Request {CorrelationId} failed when its answer was half sent: {Method} {Route}")]
    private static partial void BrokenOff(ILogger logger, string correlationId, string method, string route, Exception cause);

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "Request {CorrelationId}: {Method} {Route} was answered with {Status} after {Milliseconds:0.000} ms")]
    private static partial void Answered(ILogger logger, string correlationId, string method, string route, int status, double milliseconds);
}
