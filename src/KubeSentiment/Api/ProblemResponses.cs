namespace KubeSentiment.Api;

/// <summary>Turns what ends without an answer into problem+json: exceptions, and bare statuses such as 404.</summary>
internal sealed partial class ProblemResponses(ILogger<ProblemResponses> logger, ApiOptions options)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
            {
                await Explain(context).ExecuteAsync(context);
            }
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            // The answer is half sent, and cannot become another: RequestTelemetry sees to that.
            throw;
        }
        catch (BadHttpRequestException e) when (BodyReader.IsCutShort(e, context.Request))
        {
            // The caller has gone in the middle of a body. Kestrel must see that: else it looks for the next request behind the half body, and logs that it cannot.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            throw;
        }
        catch (BadHttpRequestException e)
        {
            await ForStatus(e.StatusCode).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; the status is for metrics only.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e)
        {
            RequestFailed(logger, context.TraceIdentifier, context.Request.Method, context.GetEndpoint()?.DisplayName, e);
            await new ProblemResult(ApiError.Internal, "The service failed on this request. Its log has the reason under the correlation id.")
                .ExecuteAsync(context);
        }
    }

    /// <summary>The framework answers with a bare 400 where a value in the query has the wrong type.</summary>
    private static ProblemResult? QueryProblem(HttpContext context) => context.Response.StatusCode == StatusCodes.Status400BadRequest ? QueryValues.Problem(context) : null;

    private ProblemResult Explain(HttpContext context) => QueryProblem(context) ?? ForStatus(context.Response.StatusCode);

    private ProblemResult ForStatus(int status) => new(ApiError.ForStatus(status), status switch
    {
        404 => $"No such path. The paths are listed at {ApiRoutes.Documentation}.",
        405 => "The path exists, but not for this method. The Allow header says which it takes.",
        408 => "The request's body came too slowly.",
        413 => $"The body may have at most {options.MaxRequestBodyBytes} bytes. Send fewer texts at once.",
        415 => "Send the body as application/json in UTF-8.",
        >= 400 and < 500 => "The request is malformed.",
        _ => "The service failed on this request.",
    });

    [LoggerMessage(EventId = 100, Level = LogLevel.Error, Message = "Request {CorrelationId} failed: {Method} {Endpoint}")]
    private static partial void RequestFailed(ILogger logger, string correlationId, string method, string? endpoint, Exception exception);
}
