using System.Text.Json;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>The tokenizer files of one model folder, opened and parsed but not yet understood.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    private readonly string _path;
    private readonly List<JsonDocument> _documents = [];

    public TokenizerFolder(string path)
    {
        _path = path;
        if (!Directory.Exists(path))
        {
            throw ModelFolderException.For(path, "is not a folder", "set the model path to a folder in the Hugging Face layout");
        }

        Tokenizer = Json("tokenizer.json");
        Configuration = Json("tokenizer_config.json");
        SpecialTokens = Json("special_tokens_map.json");
        Model = Json("config.json");
        RefuseLeftTruncation();
    }

    /// <summary>tokenizer.json: the whole pipeline. Where it is present it decides, and the other files must agree.</summary>
    public JsonSection? Tokenizer { get; }

    /// <summary>tokenizer_config.json: the settings that came with the vocabulary files.</summary>
    public JsonSection? Configuration { get; }

    /// <summary>config.json: the model's own figures.</summary>
    public JsonSection? Model { get; }

    private JsonSection? SpecialTokens { get; }

    public string FileNamed(string name) => Path.Combine(_path, name);

    public bool Has(string name) => File.Exists(FileNamed(name));

    /// <summary>The text of a special token by its role, "unk_token", as the settings name it or else as the family does.</summary>
    public string SpecialToken(string role, string familyDefault) =>
        Configuration?.Token(role) ?? SpecialTokens?.Token(role) ?? familyDefault;

    /// <summary>A special token with how it matches. RoBERTa's mask token takes the space before it along unless the settings say otherwise.</summary>
    public AddedToken AddedToken(string role, string familyDefault)
    {
        var settings = Configuration is { } configuration && configuration.Has(role) ? Configuration : SpecialTokens;
        var flags = settings is { } section && section.IsSection(role) ? section.Section(role) : null;
        return new AddedToken(
            SpecialToken(role, familyDefault),
            Id: -1,
            flags is null ? familyDefault == "<mask>" : flags.Value.Boolean("lstrip") ?? false,
            flags?.Boolean("rstrip") ?? false);
    }

    /// <summary>The lines of a text file; line ends of any system, byte order mark dropped.</summary>
    public string[] Lines(string name) => Read(name, File.ReadAllLines);

    public JsonSection? Json(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var file = FileNamed(name);
        try
        {
            // Of a stream, a byte order mark is left out.
            var document = JsonDocument.Parse(new MemoryStream(Read(name, File.ReadAllBytes)), new JsonDocumentOptions { MaxDepth = 64 });
            _documents.Add(document);
            return new JsonSection(file, document.RootElement);
        }
        catch (JsonException exception)
        {
            Dispose();
            throw ModelFolderException.For(file, $"is not complete JSON (line {exception.LineNumber + 1})", JsonSection.CopyAgain, exception);
        }
    }

    public void Dispose() => _documents.ForEach(document => document.Dispose());

    private T Read<T>(string name, Func<string, T> read)
    {
        try
        {
            return read(FileNamed(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw ModelFolderException.For(FileNamed(name), "cannot be read", "check that it exists and that the service may read it", exception);
        }
    }

    private void RefuseLeftTruncation()
    {
        if (Configuration?.Text("truncation_side") is "left"
            || Tokenizer?.Section("truncation")?.Text("direction") is "Left" or "left")
        {
            throw ModelFolderException.For(
                _path,
                "asks for long texts to be cut at their beginning (truncation side left)",
                "only cutting at the end is supported, so change the setting if the model allows it");
        }
    }
}
