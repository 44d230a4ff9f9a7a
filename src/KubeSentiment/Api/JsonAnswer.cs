using System.Reflection;
using System.Text.Json;
using KubeSentiment.Api.Sockets;
using Microsoft.AspNetCore.Http.Metadata;

namespace KubeSentiment.Api;

/// <summary>Short answers, sent in one piece with their length.</summary>
/// <remarks>
/// The framework's results write JSON as it comes, flush, and leave the end of the last chunk to the server: two sends an answer, and a caller that is woken by
/// the first before all is there.
/// </remarks>
internal static class JsonAnswer
{
    /// <summary>The answer to a request that went well.</summary>
    public static JsonAnswer<T> Ok<T>(T value) => new(value);

    /// <summary>Writes the whole answer. A caller that has gone is no error.</summary>
    public static Task WriteAsync<T>(HttpResponse response, T value, string contentType)
    {
        var buffer = AnswerBuffer.Take();
        JsonSerializer.Serialize(buffer.Json, value, AnswerJson.Shape<T>());
        response.ContentType = contentType;
        response.ContentLength = buffer.Written.Length;
        HeldAnswers.HoldNext(response.HttpContext);
        var writing = response.Body.WriteAsync(buffer.Written, CancellationToken.None);
        if (!writing.IsCompletedSuccessfully)
        {
            return FinishAsync(writing, buffer);
        }

        buffer.GiveBack();
        return Task.CompletedTask;
    }

    private static async Task FinishAsync(ValueTask writing, AnswerBuffer buffer)
    {
        await writing;
        buffer.GiveBack();
    }
}

/// <summary>A status of 200 with a value as JSON, in one piece.</summary>
internal sealed class JsonAnswer<T>(T value) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/json; charset=utf-8";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext.Response, value, ContentType);
}
