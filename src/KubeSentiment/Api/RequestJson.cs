using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeSentiment.Api.Contracts;

namespace KubeSentiment.Api;

/// <summary>How bodies are read, and what is wrong with those that cannot be.</summary>
internal static class RequestJson
{
    private static readonly ApiJson Contracts = new(new JsonSerializerOptions(ApiJson.Default.Options) { Converters = { new TextConverter() } });

    public static JsonTypeInfo<T> Shape<T>() => (JsonTypeInfo<T>)Contracts.GetTypeInfo(typeof(T))!;

    /// <summary>Says in the caller's terms why the body did not become a value.</summary>
    /// <param name="mistake">What reading it threw.</param>
    /// <param name="shape">What it should have become.</param>
    public static ProblemResult Explain(JsonException mistake, JsonTypeInfo shape)
    {
        // Mistakes of syntax come from the reader, wrapped; a body without any token has no path to blame.
        if (mistake.InnerException is JsonException || mistake.Path is not { } jsonPath || (jsonPath == "$" && mistake.BytePositionInLine == 0))
        {
            return Problem(
                ApiError.BrokenBody, [], $"The body is not valid JSON (line {mistake.LineNumber + 1}, byte {mistake.BytePositionInLine}).", "json_invalid");
        }

        var path = Steps(jsonPath);
        var expected = At(shape, path);
        return IsUnicode(mistake, expected)
            ? Problem(ApiError.InvalidInput, path, "The value is not valid Unicode: it has half a surrogate pair, or bytes that are not UTF-8.", "unicode_invalid")
            : Problem(ApiError.InvalidInput, path, $"The {(path.Length == 0 ? "body" : "value")} must be {Words(expected)}.", "type_error");
    }

    /// <summary>An error in the body.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="path">The way to it from the body's root.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="type">The kind of mistake, for programs.</param>
    public static ProblemResult Problem(ApiError error, ReadOnlySpan<string> path, string message, string type) =>
        new(error, message, [new ValidationError(["body", .. path], message, type)]);

    /// <summary>Turns a JSON path such as <c>$.texts[3]</c> into texts, 3.</summary>
    private static string[] Steps(string path) => path.TrimStart('$').Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries);

    private static JsonTypeInfo? At(JsonTypeInfo shape, IEnumerable<string> path)
    {
        JsonTypeInfo? at = shape;
        foreach (var step in path)
        {
            var next = at.Kind == JsonTypeInfoKind.Enumerable ? at.ElementType : at.Properties.FirstOrDefault(property => property.Name == step)?.PropertyType;
            at = next is null ? null : Contracts.GetTypeInfo(next);
            if (at is null)
            {
                break;
            }
        }

        return at;
    }

    /// <summary>Texts of the wrong type throw without a cause (<see cref="TextConverter"/>), and so do objects: with one, their characters are wrong.</summary>
    private static bool IsUnicode(JsonException mistake, JsonTypeInfo? expected) =>
        mistake.InnerException is InvalidOperationException && (expected?.Type == typeof(string) || expected?.Kind == JsonTypeInfoKind.Object);

    private static string Words(JsonTypeInfo? expected) => expected?.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "a JSON object",
        JsonTypeInfoKind.Enumerable => "a JSON array",
        _ when expected?.Type == typeof(string) => "a string",
        _ => "of another type",
    };
}
