using System.Buffers;
using System.Text;
using System.Text.Json;

namespace KubeSentiment.Api;

/// <summary>Reads newline-delimited JSON: on each line a string, or an object with a <c>text</c>; blank lines are passed over.</summary>
internal sealed class LineTextsReader(TextIntake texts) : ITextsReader
{
    private int _line;

    public ProblemResult? Problem { get; private set; }

    private string Place => $"line {_line}";

    public SequencePosition Read(ReadOnlySequence<byte> buffer, bool isFinal)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (_line == 0 && (isFinal || buffer.Length >= Encoding.UTF8.Preamble.Length))
        {
            reader.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        }

        while (Problem is null && reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            Take(line);
        }

        if (Problem is null && isFinal && !reader.End)
        {
            Take(reader.UnreadSequence);
            reader.AdvanceToEnd();
        }

        return reader.Position;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r'))
            {
                return false;
            }
        }

        return true;
    }

    private void Take(ReadOnlySequence<byte> line)
    {
        _line++;
        if (IsBlank(line))
        {
            return;
        }

        var reader = new Utf8JsonReader(line);
        try
        {
            reader.Read();
            Problem = reader.TokenType switch
            {
                JsonTokenType.String => texts.Take(ref reader),
                JsonTokenType.StartObject => TakeObject(ref reader),
                _ => TextIntake.WrongType("a string or a JSON object", Place),
            };

            // Throws on anything but white space after the value.
            if (Problem is null)
            {
                reader.Read();
            }
        }
        catch (JsonException e)
        {
            Problem = RequestJson.IsTooDeep(line) ? RequestJson.TooDeep() : RequestJson.Invalid(_line, e);
        }
        catch (InvalidOperationException)
        {
            Problem = TextIntake.NotUnicode(Place);
        }
    }

    private ProblemResult? TakeObject(ref Utf8JsonReader reader)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("text"u8))
            {
                reader.Skip();
                continue;
            }

            if (found)
            {
                return RequestJson.Twice(Place, "text");
            }

            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                return TextIntake.WrongType("a string", Place, "text");
            }

            found = true;
            if (texts.Take(ref reader) is { } problem)
            {
                return problem;
            }
        }

        return found ? null : RequestJson.Problem(ApiError.InvalidInput, [Place, "text"], "The field text is required.", "missing");
    }
}
