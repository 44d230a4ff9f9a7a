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
    private const string Usual = "application/json";
    private const string Identity = "identity";

    public static ProblemResult Missing(string field) =>
        RequestJson.Problem(ApiError.InvalidInput, [field], $"The field {field} is required.", "missing");

    /// <summary>Whether a body of that content type is read as JSON.</summary>
    public static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == Usual)
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var media)
            && (media.MediaType.Equals(Usual, StringComparison.OrdinalIgnoreCase)
                || media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
                || media.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Why a body could not be read that is said to be encoded; null where nothing is said.</summary>
    /// <remarks>Asked of bodies that could not be read only: the others need not be looked at.</remarks>
    public static ProblemResult? EncodingProblem(HttpContext context)
    {
        if (context.Request.Headers.ContentEncoding is not { Count: > 0 } encodings || encodings.All(encoding => Identity.Equals(encoding, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        context.Response.Headers.AcceptEncoding = Identity;
        return new ProblemResult(ApiError.UnsupportedMediaType, "Content-Encoding is not supported. Send the body as it is, without that header.");
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
    public static ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        if (!JsonBody.IsJson(context.Request.ContentType))
        {
            return new(new JsonBody<T>(null, new ProblemResult(ApiError.UnsupportedMediaType, "Send the body as application/json in UTF-8.")));
        }

        var most = BodyLimit.Of(context);
        if (context.Request.ContentLength > most)
        {
            return new(new JsonBody<T>(null, BodyLimit.Exceeded(most.Value)));
        }

        // Most bodies came with their headers, and there is nothing to wait for.
        var body = context.Request.BodyReader;
        if (context.Request.ContentLength is > 0 && body.TryRead(out var read))
        {
            if (read.IsCompleted)
            {
                return new(Take(context, body, read.Buffer));
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        BodyLimit.Lift(context);
        return ReadAsync(context, body, most ?? long.MaxValue);
    }

    /// <summary>Tells the document what the body is. It names no content type: routing would look at it first, and the refusal here can say what to send.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([], typeof(T)));

    /// <summary>
    /// Waits for the whole body, which is bounded, and parses it in one go. Parsing as it comes would leave the pipe in the middle of a read where the JSON
    /// is broken, and the connection with it.
    /// </summary>
    private static async ValueTask<JsonBody<T>> ReadAsync(HttpContext context, PipeReader body, long most)
    {
        var cancellationToken = context.RequestAborted;
        BodyBudget.Share? share = null;
        try
        {
            while (true)
            {
                var read = await BodyReader.ReadMoreAsync(context);
                if (read.Buffer.Length > most)
                {
                    body.AdvanceTo(read.Buffer.End);
                    return new(null, BodyLimit.Exceeded(most));
                }

                if (!BodyBudget.TryHold(context, read.Buffer.Length, ref share))
                {
                    body.AdvanceTo(read.Buffer.End);
                    return new(null, BodyBudget.Exceeded());
                }

                if (read.IsCompleted)
                {
                    return Take(context, body, read.Buffer);
                }

                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // Kestrel's word for some broken chunks: the caller's mistake all the same.
            return new(null, new ProblemResult(ApiError.BrokenBody, "The body's transfer encoding is broken."));
        }
    }

    private static JsonBody<T> Take(HttpContext context, PipeReader body, ReadOnlySequence<byte> json)
    {
        try
        {
            return Parse(json) is { } value
                ? new(value, null)
                : new(null, RequestJson.Problem(ApiError.InvalidInput, [], "The body must be a JSON object, not null.", "type_error"));
        }
        catch (JsonException e)
        {
            return new(null, JsonBody.EncodingProblem(context) ?? RequestJson.Explain(e, Shape, json));
        }
        finally
        {
            body.AdvanceTo(json.End);
        }
    }

    private static T? Parse(ReadOnlySequence<byte> json)
    {
        var start = new SequenceReader<byte>(json);
        // A byte order mark is not JSON, but some clients send one.
        start.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        if (start.UnreadSpan.Length == start.Remaining)
        {
            // In one piece, as most are. Of a reader the serializer would first look for the value's end.
            return JsonSerializer.Deserialize(start.UnreadSpan, Shape);
        }

        var reader = new Utf8JsonReader(start.UnreadSequence);
        var value = JsonSerializer.Deserialize(ref reader, Shape);
        // Throws on anything but white space after the value.
        reader.Read();
        return value;
    }
}
