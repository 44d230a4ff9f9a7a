using System.Reflection;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Jobs;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace KubeSentiment.Api;

/// <summary>The body of a job: its texts, packed while they come, or the problem to answer with.</summary>
/// <remarks>Neither the body nor a string a text is ever in memory as a whole; what is, is counted until the request ends: bytes that wait for the end of their text by the <see cref="BodyBudget"/>, texts by the <see cref="UploadBudget"/>.</remarks>
internal sealed class JobBody : IEndpointParameterMetadataProvider
{
    /// <summary>The content type of newline-delimited JSON.</summary>
    public const string Lines = "application/x-ndjson";

    /// <summary>A character takes most as two escaped halves of a surrogate pair: <c>\ud83d\ude00</c>.</summary>
    private const int MostBytesOfCharacter = 12;

    /// <summary>What may stand around a text on its line.</summary>
    private const int MostBytesAround = 65_536;

    private JobBody(ProblemResult problem) => Problem = problem;

    private JobBody(TextPacker texts, string? priority, int? timeoutSeconds)
    {
        Texts = texts;
        Priority = priority;
        TimeoutSeconds = timeoutSeconds;
    }

    public TextPacker? Texts { get; }

    public string? Priority { get; }

    public int? TimeoutSeconds { get; }

    public ProblemResult? Problem { get; }

    /// <summary>Called by the framework before the handler.</summary>
    public static async ValueTask<JobBody> BindAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<JobOptions>();
        var maxTextLength = services.GetRequiredService<PipelineOptions>().MaxTextLength;
        if (!options.Enabled)
        {
            return new(JobEndpoints.Off());
        }

        var isLines = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var media) && media.MediaType.Equals(Lines, StringComparison.OrdinalIgnoreCase);
        if (!isLines && !JsonBody.IsJson(context.Request.ContentType))
        {
            return new(new ProblemResult(ApiError.UnsupportedMediaType, $"Send the body as application/json or {Lines} in UTF-8."));
        }

        // The route's own limit, in place of the general one. Nothing has been read yet.
        BodyLimit.Lift(context);
        if (context.Request.ContentLength > options.MaxBodyBytes)
        {
            return new(BodyLimit.Exceeded(options.MaxBodyBytes));
        }

        // A job of more than may wait would never be taken on, however often it came.
        var mostTexts = Math.Min(options.MaxBatchSize, options.MaxTexts);
        var packer = new TextPacker(options.ChunkTexts, mostTexts, options.MaxBytes, maxTextLength, services.GetRequiredService<UploadBudget>());
        context.Response.RegisterForDispose(packer);
        var intake = new TextIntake(packer, mostTexts, options.MaxBytes);
        ITextsReader reader = isLines ? new LineTextsReader(intake) : new JsonTextsReader(intake);
        try
        {
            var longest = ((long)maxTextLength * MostBytesOfCharacter) + MostBytesAround;
            if (await ReadAsync(context, reader, longest, options.MaxBodyBytes) is { } problem)
            {
                return new(JsonBody.EncodingProblem(context) ?? problem);
            }
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            // Kestrel's word for some broken chunks: the caller's mistake all the same.
            return new(new ProblemResult(ApiError.BrokenBody, "The body's transfer encoding is broken."));
        }

        var json = reader as JsonTextsReader;
        return json is { HasTexts: false } ? new(JsonBody.Missing("texts"))
            : packer.Count == 0 ? new(RequestJson.Problem(ApiError.InvalidInput, ["texts"], $"Send 1 to {mostTexts} texts; there is none.", "length"))
            : new(packer, json?.Priority, json?.TimeoutSeconds);
    }

    /// <summary>Tells the document what the body is. It names no content type: routing would look at it first, and the refusal here can say what to send.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([], typeof(JobRequest)));

    private static async Task<ProblemResult?> ReadAsync(HttpContext context, ITextsReader reader, long longest, long most)
    {
        var body = context.Request.BodyReader;
        BodyBudget.Share? share = null;
        var wanted = 0L;
        var taken = 0L;
        while (true)
        {
            var read = await BodyReader.ReadMoreAsync(context);
            if (taken + read.Buffer.Length > most)
            {
                body.AdvanceTo(read.Buffer.End);
                return BodyLimit.Exceeded(most);
            }

            if (!BodyBudget.TryHold(context, read.Buffer.Length, ref share))
            {
                body.AdvanceTo(read.Buffer.End);
                return BodyBudget.Exceeded();
            }

            if (!read.IsCompleted && read.Buffer.Length < wanted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var end = reader.Read(read.Buffer, read.IsCompleted);
            var left = read.Buffer.Slice(end).Length;
            taken += read.Buffer.Length - left;
            body.AdvanceTo(end, read.Buffer.End);
            if (reader.Problem is not null || read.IsCompleted)
            {
                return reader.Problem;
            }

            if (left > longest)
            {
                return new ProblemResult(ApiError.TextTooLong, $"A value in the body has more than {longest} bytes: no text may be so long.");
            }

            // What is not complete is read from its beginning again: with twice as much each time, that adds up to little.
            wanted = 2 * left;
        }
    }
}
