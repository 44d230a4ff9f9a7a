using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace KubeSentiment.Api;

/// <summary>What all bodies have in common.</summary>
internal static class JsonBody
{
    public const string AnyContentType = "*/*";

    public static ProblemResult Missing(string field) =>
        RequestJson.Problem(ApiError.InvalidInput, [field], $"The field {field} is required.", "missing");
}

/// <summary>The body of a request, read as JSON: either a value or the problem to answer with.</summary>
/// <remarks>
/// Reads UTF-8 only. A missing content type is taken for JSON, and so is a form's: it is what <c>curl -d</c> sends unless told otherwise.
/// </remarks>
internal sealed class JsonBody<T> : IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly JsonTypeInfo<T> Shape = RequestJson.Shape<T>();

    private JsonBody(T? value, ProblemResult? problem)
    {
        Value = value;
        Problem = problem;
    }

    public T? Value { get; }

    public ProblemResult? Problem { get; }

    /// <summary>Called by the framework before the handler.</summary>
    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        if (!IsJson(context.Request.ContentType))
        {
            return new(null, new ProblemResult(ApiError.UnsupportedMediaType, "Send the body as application/json in UTF-8."));
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.BodyReader, Shape, context.RequestAborted) is { } value
                ? new(value, null)
                : new(null, RequestJson.Problem(ApiError.InvalidInput, [], "The body must be a JSON object, not null.", "type_error"));
        }
        catch (JsonException e)
        {
            return new(null, RequestJson.Explain(e, Shape));
        }
    }

    /// <summary>Tells the document what the body is. Any content type is let through to here, where the refusal can say what to send.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonBody.AnyContentType], typeof(T)));

    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var media)
            && (media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                || media.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
