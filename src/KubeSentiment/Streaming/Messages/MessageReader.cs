using System.Text;
using System.Text.Json;

namespace KubeSentiment.Streaming.Messages;

/// <summary>Reads the value of a message: UTF-8 text, or a JSON object {id?, text, metadata?}.</summary>
/// <remarks>
/// What begins with a brace is taken for JSON: a sender who meant it so must hear of its mistake, and texts seldom begin so. Everything else is text as it is, quotes included.
/// Fields that are not known are ignored; one that is known and comes twice is a mistake, as in the HTTP interface.
/// </remarks>
internal static class MessageReader
{
    /// <summary>Longest id; longer ones would make results larger than their texts.</summary>
    private const int LongestId = 1_024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a value.</summary>
    /// <param name="value">The bytes; null for a tombstone.</param>
    /// <param name="message">The message, when there is no reason against it.</param>
    /// <returns>Why the message can never be processed; null when it can.</returns>
    public static PoisonReason? Read(byte[]? value, out RequestMessage message)
    {
        message = default;
        if (value is null)
        {
            return PoisonReason.Tombstone;
        }

        ReadOnlyMemory<byte> bytes = value;
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            var start = bytes.Span.IndexOfAnyExcept(" \t\r\n"u8);
            return start >= 0 && bytes.Span[start] == (byte)'{' ? ReadObject(bytes, out message) : ReadText(bytes.Span, out message);
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidOperationException)
        {
            // The JSON reader's word for strings that are not Unicode is InvalidOperationException.
            return PoisonReason.InvalidUtf8;
        }
        catch (JsonException)
        {
            return Utf8IsValid(bytes.Span) ? PoisonReason.BrokenJson : PoisonReason.InvalidUtf8;
        }
    }

    private static PoisonReason? ReadText(ReadOnlySpan<byte> bytes, out RequestMessage message)
    {
        message = new RequestMessage(Utf8.GetString(bytes), null, default);
        return null;
    }

    private static PoisonReason? ReadObject(ReadOnlyMemory<byte> json, out RequestMessage message)
    {
        string? text = null;
        string? id = null;
        ReadOnlyMemory<byte> metadata = default;
        var hasText = false;
        var (texts, ids, metadatas) = (0, 0, 0);
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                texts++;
                hasText = reader.TokenType == JsonTokenType.String;
                text = hasText ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                ids++;
                id = ReadId(ref reader, json);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                metadatas++;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                metadata = json[start..(int)reader.BytesConsumed];
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Throws on anything but white space after the object.
        reader.Read();

        // Strings that nobody asked for are checked, too: they would go along in the metadata.
        Utf8.GetCharCount(json.Span);
        message = new RequestMessage(text ?? "", id, metadata);
        return texts > 1 || ids > 1 || metadatas > 1 ? PoisonReason.FieldTwice
            : hasText ? null
            : PoisonReason.NoText;
    }

    /// <summary>Numbers are read as they are written: a double would change large ones. Ids of other types, and endless ones, count as none.</summary>
    private static string? ReadId(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) => reader.TokenType switch
    {
        JsonTokenType.String when reader.GetString() is { Length: > 0 and <= LongestId } id => id,
        JsonTokenType.Number when reader.ValueSpan.Length <= LongestId => Encoding.ASCII.GetString(json.Span[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]),
        _ => null,
    };

    private static bool Utf8IsValid(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);
}
