using System.Text.Json;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>An object of a model's JSON file, read so that every surprise names the file and the place in it.</summary>
internal readonly struct JsonSection
{
    private readonly JsonElement _object;
    private readonly string _place;

    public JsonSection(string file, JsonElement element, string place = "")
    {
        File = file;
        _object = element;
        _place = place;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw ModelFolderException.For(file, $"holds no JSON object{(place.Length == 0 ? "" : $" at {place}")}", CopyAgain);
        }
    }

    /// <summary>The remedy for files that no tool writes so.</summary>
    public static string CopyAgain => "the file is damaged or of another kind, so copy it again from where the model comes from";

    public string File { get; }

    /// <summary>The value of "type", by which Hugging Face names the parts of its pipelines.</summary>
    public string Kind => Text("type") ?? throw Refuse("type", "is missing", CopyAgain);

    public bool Has(string name) => Find(name) is not null;

    public bool IsSection(string name) => Find(name) is { ValueKind: JsonValueKind.Object };

    public JsonSection? Section(string name) => Find(name) is { } value ? new JsonSection(File, value, PlaceOf(name)) : null;

    public JsonSection Required(string name) => Section(name) ?? throw Refuse(name, "is missing", CopyAgain);

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Refuse(name, "is not a text", CopyAgain),
    };

    /// <summary>A token, written as its text or as an object that holds the text as "content".</summary>
    public string? Token(string name) => IsSection(name) ? Section(name)?.Text("content") : Text(name);

    public bool? Boolean(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Refuse(name, "is not true or false", CopyAgain),
    };

    public int? Number(string name) => Find(name) is { } value
        ? WholeNumber(value) ?? throw Refuse(name, "is not a whole number", CopyAgain)
        : null;

    public static int? WholeNumber(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : null;

    /// <summary>The members of an object whose names are data, such as a vocabulary.</summary>
    public IEnumerable<JsonProperty> Members() => _object.EnumerateObject();

    /// <summary>The elements of a list; none if it is missing.</summary>
    public IReadOnlyList<JsonElement> List(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray()],
        _ => throw Refuse(name, "is not a list", CopyAgain),
    };

    /// <summary>The elements of a list of objects.</summary>
    public IEnumerable<JsonSection> Sections(string name)
    {
        var (file, place) = (File, PlaceOf(name));
        return List(name).Select((element, index) => new JsonSection(file, element, $"{place}[{index}]"));
    }

    public ModelFolderException Refuse(string name, string problem, string remedy) =>
        ModelFolderException.For(File, $"cannot be used because {PlaceOf(name)} {problem}", remedy);

    private string PlaceOf(string name) => _place.Length == 0 ? $"\"{name}\"" : $"{_place}.\"{name}\"";

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
