using KubeSentiment.Api.Contracts;

namespace KubeSentiment.Api;

/// <summary>Writes an error as problem+json.</summary>
internal sealed class ProblemResult(ApiError error, string detail, IReadOnlyList<ValidationError>? validationErrors = null, TimeSpan? retryAfter = null)
    : IResult
{
    public const string ContentType = "application/problem+json";

    public ApiError Error { get; } = error;

    public string Detail { get; } = detail;

    /// <summary>Tells when the error was. Without one the request's services are asked, which are then made for it and disposed of.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>A value in the query is wrong.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="message">What it must be.</param>
    public static ProblemResult OfQuery(string parameter, string message) =>
        new(ApiError.InvalidInput, message, [new ValidationError(["query", parameter], message, $"{parameter}_invalid")]);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var time = Clock ?? httpContext.RequestServices.GetRequiredService<TimeProvider>();
        var response = httpContext.Response;
        response.StatusCode = Error.Status;
        // What is refused is not read, and may be larger than what is.
        BodyLimit.Lift(httpContext);
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        var problem = new Problem(
            Error.Explanation, Error.Title, Error.Status, Detail, Error.Code, httpContext.TraceIdentifier, time.GetUtcNow(), validationErrors);
        return JsonAnswer.WriteAsync(response, problem, ContentType);
    }
}
