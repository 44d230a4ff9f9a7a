using System.Buffers;
using System.Text.Json;
using KubeSentiment.Jobs;

namespace KubeSentiment.Api;

/// <summary>Moves texts from a JSON reader into a packer, byte by byte: no strings are made.</summary>
internal sealed class TextIntake(TextPacker packer, int mostTexts, long mostBytes)
{
    public int Count => packer.Count;

    public static ProblemResult NotUnicode(params ReadOnlySpan<string> path) => RequestJson.Problem(
        ApiError.InvalidInput, path, "The value is not valid Unicode: it has half a surrogate pair, or bytes that are not UTF-8.", "unicode_invalid");

    public static ProblemResult WrongType(string expected, params ReadOnlySpan<string> path) =>
        RequestJson.Problem(ApiError.InvalidInput, path, $"The {(path.Length == 0 ? "body" : "value")} must be {expected}.", "type_error");

    /// <summary>Takes a text; one that is null is an empty one, as in a batch.</summary>
    /// <param name="reader">Stands on a string or null.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    /// <exception cref="InvalidOperationException">The string is not valid Unicode.</exception>
    public ProblemResult? Take(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return Explain(packer.Add([]));
        }

        // Unescaped it is never longer.
        var bytes = ArrayPool<byte>.Shared.Rent(reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length);
        try
        {
            return Explain(packer.Add(bytes.AsSpan(0, reader.CopyString(bytes))));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ProblemResult? Explain(TextRefusal? refusal) => refusal switch
    {
        null => null,
        TextRefusal.TooManyTexts => RequestJson.Problem(ApiError.InvalidInput, ["texts"], $"Send 1 to {mostTexts} texts; these are more.", "length"),
        TextRefusal.TooManyBytes => JobEndpoints.TooLarge(mostBytes),
        _ => JobEndpoints.Full(JobBound.Bytes),
    };
}
