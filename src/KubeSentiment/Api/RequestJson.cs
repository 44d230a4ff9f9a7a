using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeSentiment.Api.Contracts;

namespace KubeSentiment.Api;

/// <summary>How bodies are read, and what is wrong with those that cannot be.</summary>
internal static class RequestJson
{
    /// <summary>Objects and arrays within each other that are read: the serializer's own limit.</summary>
    public const int MostNesting = 64;

    private static readonly ApiJson Contracts = new(new JsonSerializerOptions(ApiJson.Default.Options) { Converters = { new TextConverter() } });

    public static JsonTypeInfo<T> Shape<T>() => (JsonTypeInfo<T>)Contracts.GetTypeInfo(typeof(T))!;

    /// <summary>Says in the caller's terms why the body did not become a value.</summary>
    /// <param name="mistake">What reading it threw.</param>
    /// <param name="shape">What it should have become.</param>
    /// <param name="json">The body.</param>
    public static ProblemResult Explain(JsonException mistake, JsonTypeInfo shape, ReadOnlySequence<byte> json)
    {
        // Mistakes of syntax come from the reader, wrapped; a body without any token has no path to blame.
        if (mistake.InnerException is JsonException || mistake.Path is not { } jsonPath || (jsonPath == "$" && mistake.BytePositionInLine == 0))
        {
            return IsTooDeep(json) ? TooDeep() : Invalid((mistake.LineNumber ?? 0) + 1, mistake);
        }

        var path = Steps(jsonPath);
        if (mistake is DoubleFieldException)
        {
            return Twice(path);
        }

        var expected = At(shape, path);
        return IsUnicode(mistake, expected)
            ? Problem(ApiError.InvalidInput, path, "The value is not valid Unicode: it has half a surrogate pair, or bytes that are not UTF-8.", "unicode_invalid")
            : Problem(ApiError.InvalidInput, path, $"The {(path.Length == 0 ? "body" : "value")} must be {Words(expected)}.", "type_error");
    }

    /// <summary>The body breaks JSON's rules.</summary>
    /// <param name="line">The line of the body, from 1.</param>
    /// <param name="mistake">Knows the byte in it.</param>
    public static ProblemResult Invalid(long line, JsonException mistake) =>
        Problem(ApiError.BrokenBody, [], $"The body is not valid JSON (line {line}, byte {mistake.BytePositionInLine}).", "json_invalid");

    /// <summary>The body may be JSON, but nobody reads it to its depth.</summary>
    public static ProblemResult TooDeep() =>
        Problem(ApiError.BrokenBody, [], $"The body is nested too deeply: objects and arrays may be {MostNesting} deep.", "json_too_deep");

    /// <summary>A field is there twice.</summary>
    /// <param name="path">The way to it.</param>
    public static ProblemResult Twice(params ReadOnlySpan<string> path) =>
        Problem(ApiError.InvalidInput, path, DoubleFieldException.MessageOf(path[^1]), DoubleFieldException.Type);

    /// <summary>Whether the body opens more objects and arrays within each other than are read, before it breaks a rule. Readers throw the same exception for both.</summary>
    public static bool IsTooDeep(ReadOnlySequence<byte> json)
    {
        var start = new SequenceReader<byte>(json);
        start.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        var reader = new Utf8JsonReader(start.UnreadSequence, new JsonReaderOptions { MaxDepth = MostNesting + 1 });
        try
        {
            while (reader.Read())
            {
                if (IsTooDeep(ref reader))
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // A rule was broken first.
        }

        return false;
    }

    /// <summary>Whether a reader that goes one deeper than is read stands there.</summary>
    public static bool IsTooDeep(ref Utf8JsonReader reader) =>
        reader.CurrentDepth == MostNesting && reader.TokenType is (JsonTokenType.StartObject or JsonTokenType.StartArray);

    /// <summary>An error in the body.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="path">The way to it from the body's root.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="type">The kind of mistake, for programs.</param>
    public static ProblemResult Problem(ApiError error, ReadOnlySpan<string> path, string message, string type) =>
        new(error, message, [new ValidationError(["body", .. path], message, type)]);

    /// <summary>What is wrong with a list of texts as a whole; null when nothing is.</summary>
    public static ProblemResult? TextsProblem(IReadOnlyList<string?>? texts, int most) => texts switch
    {
        null => JsonBody.Missing("texts"),
        { Count: 0 } => Problem(ApiError.InvalidInput, ["texts"], $"Send 1 to {most} texts; there is none.", "length"),
        _ when texts.Count > most => Problem(ApiError.InvalidInput, ["texts"], $"Send 1 to {most} texts; these are {texts.Count}.", "length"),
        _ => null,
    };

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
        _ when expected?.Type == typeof(double?) => "a number",
        _ => "of another type",
    };
}
