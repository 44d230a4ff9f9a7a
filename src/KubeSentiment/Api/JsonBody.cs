using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using System.Text;
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

    /// <summary>Whether a body of that content type is read as JSON.</summary>
    public static bool IsJson(string? contentType)
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
        if (!JsonBody.IsJson(context.Request.ContentType))
        {
            return new(null, new ProblemResult(ApiError.UnsupportedMediaType, "Send the body as application/json in UTF-8."));
        }

        try
        {
            return await ReadAsync(context.Request.BodyReader, context.RequestAborted) is { } value
                ? new(value, null)
                : new(null, RequestJson.Problem(ApiError.InvalidInput, [], "The body must be a JSON object, not null.", "type_error"));
        }
        catch (JsonException e)
        {
            return new(null, RequestJson.Explain(e, Shape));
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            // Kestrel's word for some broken chunks: the caller's mistake all the same.
            return new(null, new ProblemResult(ApiError.BrokenBody, "The body's transfer encoding is broken."));
        }
    }

    /// <summary>Tells the document what the body is. Any content type is let through to here, where the refusal can say what to send.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonBody.AnyContentType], typeof(T)));

    /// <summary>
    /// Waits for the whole body, which is bounded, and parses it in one go. Parsing as it comes would leave the pipe in the middle of a read where the JSON
    /// is broken, and the connection with it.
    /// </summary>
    private static async ValueTask<T?> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return Parse(read.Buffer);
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static T? Parse(ReadOnlySequence<byte> json)
    {
        var start = new SequenceReader<byte>(json);
        // A byte order mark is not JSON, but some clients send one.
        start.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        var reader = new Utf8JsonReader(start.UnreadSequence);
        var value = JsonSerializer.Deserialize(ref reader, Shape);
        // Throws on anything but white space after the value.
        reader.Read();
        return value;
    }
}
