using System.Buffers;
using System.Text;
using System.Text.Json;

namespace KubeSentiment.Api;

/// <summary>Reads <c>{"texts": [...], "priority": ..., "timeout_seconds": ...}</c>, its fields in any order and others among them.</summary>
internal sealed class JsonTextsReader(TextIntake texts) : ITextsReader
{
    // One deeper than is read, to tell what is too deep from what is not JSON.
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = RequestJson.MostNesting + 1 });
    private bool _begun;
    private bool _hasTexts;
    private Place _place = Place.Root;

    /// <summary>Where the reader is in the object.</summary>
    private enum Place
    {
        Root,
        Texts,
        Priority,
        Timeout,
        ListOfTexts,
        Unknown,
        InsideUnknown,
    }

    public ProblemResult? Problem { get; private set; }

    public string? Priority { get; private set; }

    public int? TimeoutSeconds { get; private set; }

    public bool HasTexts => _hasTexts;

    private string[] Path => _place switch
    {
        Place.Texts => ["texts"],
        Place.ListOfTexts => ["texts", texts.Count.ToString()],
        Place.Priority => ["priority"],
        Place.Timeout => ["timeout_seconds"],
        _ => [],
    };

    public SequencePosition Read(ReadOnlySequence<byte> buffer, bool isFinal)
    {
        if (!_begun)
        {
            if (buffer.Length < Encoding.UTF8.Preamble.Length && !isFinal)
            {
                return buffer.Start;
            }

            // A byte order mark is not JSON, but some clients send one.
            var start = new SequenceReader<byte>(buffer);
            start.IsNext(Encoding.UTF8.Preamble, advancePast: true);
            buffer = start.UnreadSequence;
            _begun = true;
        }

        var reader = new Utf8JsonReader(buffer, isFinal, _state);
        try
        {
            while (Problem is null && reader.Read())
            {
                Problem = RequestJson.IsTooDeep(ref reader) ? RequestJson.TooDeep() : Take(ref reader);
            }
        }
        catch (JsonException e)
        {
            Problem = RequestJson.Invalid((e.LineNumber ?? 0) + 1, e);
        }
        catch (InvalidOperationException)
        {
            Problem = TextIntake.NotUnicode(Path);
        }

        _state = reader.CurrentState;
        return reader.Position;
    }

    private ProblemResult? Take(ref Utf8JsonReader reader)
    {
        switch (_place, reader.TokenType)
        {
            case (Place.Root, JsonTokenType.StartObject or JsonTokenType.EndObject):
                return null;
            case (Place.Root, JsonTokenType.PropertyName):
                return Enter(ref reader);
            case (Place.Root, var token):
                return TextIntake.WrongType(token == JsonTokenType.Null ? "a JSON object, not null" : "a JSON object");
            case (Place.Texts, JsonTokenType.StartArray):
                (_hasTexts, _place) = (true, Place.ListOfTexts);
                return null;
            case (Place.Texts or Place.Priority or Place.Timeout, JsonTokenType.Null):
                // As good as left out.
                _place = Place.Root;
                return null;
            case (Place.ListOfTexts, JsonTokenType.String or JsonTokenType.Null):
                return texts.Take(ref reader);
            case (Place.ListOfTexts, JsonTokenType.EndArray):
                _place = Place.Root;
                return null;
            case (Place.Priority, JsonTokenType.String):
                Priority = reader.GetString();
                _place = Place.Root;
                return null;
            case (Place.Timeout, JsonTokenType.Number) when reader.TryGetInt32(out var seconds):
                TimeoutSeconds = seconds;
                _place = Place.Root;
                return null;
            case (Place.Unknown, JsonTokenType.StartObject or JsonTokenType.StartArray):
                _place = Place.InsideUnknown;
                return null;
            case (Place.Unknown, _):
                _place = Place.Root;
                return null;
            case (Place.InsideUnknown, JsonTokenType.EndObject or JsonTokenType.EndArray) when reader.CurrentDepth == 1:
                _place = Place.Root;
                return null;
            case (Place.InsideUnknown, _):
                return null;
            default:
                return TextIntake.WrongType(_place == Place.Texts ? "a JSON array" : _place == Place.Timeout ? "a whole number" : "a string", Path);
        }
    }

    private ProblemResult? Enter(ref Utf8JsonReader reader)
    {
        _place = reader.ValueTextEquals("texts"u8) ? Place.Texts
            : reader.ValueTextEquals("priority"u8) ? Place.Priority
            : reader.ValueTextEquals("timeout_seconds"u8) ? Place.Timeout
            : Place.Unknown;
        var isTwice = _place switch
        {
            Place.Texts => _hasTexts,
            Place.Priority => Priority is not null,
            Place.Timeout => TimeoutSeconds is not null,
            _ => false,
        };
        return isTwice ? RequestJson.Twice(Path) : null;
    }
}
