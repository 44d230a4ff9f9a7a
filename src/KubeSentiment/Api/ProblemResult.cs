using KubeSentiment.Api.Contracts;

namespace KubeSentiment.Api;

/// <summary>Writes an error as problem+json.</summary>
internal sealed class ProblemResult(ApiError error, string detail, IReadOnlyList<ValidationError>? validationErrors = null, TimeSpan? retryAfter = null)
    : IResult
{
    public const string ContentType = "application/problem+json";

    public ApiError Error { get; } = error;

    public string Detail { get; } = detail;

    /// <summary>A value in the query is wrong.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="message">What it must be.</param>
    public static ProblemResult OfQuery(string parameter, string message) =>
        new(ApiError.InvalidInput, message, [new ValidationError(["query", parameter], message, $"{parameter}_invalid")]);

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, httpContext.RequestServices.GetRequiredService<TimeProvider>());

    /// <summary>As <see cref="ExecuteAsync"/>, for those who know the clock: services of the request, once asked for, are made and disposed of.</summary>
    public Task WriteAsync(HttpContext httpContext, TimeProvider time)
    {
        var response = httpContext.Response;
        response.StatusCode = Error.Status;
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        var problem = new Problem(
            Error.Explanation, Error.Title, Error.Status, Detail, Error.Code, httpContext.TraceIdentifier, time.GetUtcNow(), validationErrors);
        return JsonAnswer.WriteAsync(response, problem, ApiJson.Default.Problem, ContentType);
    }
}
