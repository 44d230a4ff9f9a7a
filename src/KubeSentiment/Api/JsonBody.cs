using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeSentiment.Api.Contracts;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace KubeSentiment.Api;

/// <summary>What all bodies have in common.</summary>
internal static class JsonBody
{
    public const string AnyContentType = "*/*";
}

/// <summary>The body of a request, read as JSON: either a value or the problem to answer with.</summary>
/// <remarks>
/// Reads UTF-8 only. A missing content type is taken for JSON, and so is a form's: it is what <c>curl -d</c> sends unless told otherwise.
/// </remarks>
internal sealed class JsonBody<T> : IEndpointParameterMetadataProvider
    where T : class
{
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
            var typeInfo = (JsonTypeInfo<T>)ApiJson.Default.GetTypeInfo(typeof(T))!;
            var value = await JsonSerializer.DeserializeAsync(context.Request.BodyReader, typeInfo, context.RequestAborted);
            return value is null
                ? new(null, Invalid(ApiError.InvalidInput, ["body"], "The body must be a JSON object, not null.", "type_error"))
                : new(value, null);
        }
        catch (JsonException e)
        {
            // Mistakes of syntax come from the reader, wrapped; mistakes of type from the converters.
            return new(null, e.InnerException is JsonException || e.Path is null or "$" && e.BytePositionInLine == 0
                ? Invalid(ApiError.BrokenBody, ["body"], $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}).", "json_invalid")
                : Invalid(ApiError.InvalidInput, Location(e.Path), "The value has the wrong type, or is not valid Unicode.", "type_error"));
        }
    }

    /// <summary>Tells the document what the body is. Any content type is let through to here, where the refusal can say what to send.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonBody.AnyContentType], typeof(T)));

    public static ProblemResult Missing(string field) =>
        Invalid(ApiError.InvalidInput, ["body", field], $"The field {field} is required.", "missing");

    public static ProblemResult Invalid(ApiError error, IReadOnlyList<string> location, string message, string type) =>
        new(error, message, [new ValidationError(location, message, type)]);

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

    /// <summary>Turns a JSON path such as <c>$.texts[3]</c> into body, texts, 3.</summary>
    private static string[] Location(string? path) =>
        ["body", .. (path ?? "$").TrimStart('$').Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries)];
}
