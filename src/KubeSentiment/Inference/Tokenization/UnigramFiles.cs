using System.Text.Json;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Builds the unigram tokenizer of an XLM-RoBERTa folder from its tokenizer.json.</summary>
internal static class UnigramFiles
{
    public static ITokenizer Load(TokenizerFolder folder, int maxTokens)
    {
        var tokenizer = folder.Tokenizer
            ?? throw ModelFolderException.For(
                folder.FileNamed("tokenizer.json"),
                "is missing",
                "an XLM-RoBERTa model needs it, so save the tokenizer again with save_pretrained of a fast tokenizer");
        var model = tokenizer.Required("model");
        if (model.Text("type") is { } kind and not "Unigram")
        {
            throw model.Refuse("type", $"is \"{kind}\"", "an XLM-RoBERTa model needs Unigram");
        }

        if (model.Boolean("byte_fallback") == true)
        {
            throw model.Refuse("byte_fallback", "is true", "spelling unknown characters in bytes is not supported with XLM-RoBERTa");
        }

        var pieces = model.List("vocab").Select(entry => ReadPiece(model, entry)).ToArray();
        var table = TokenTable.Build(tokenizer.File, pieces.Select((piece, id) => (piece.Text, id)), pieces.Length);
        var unknownId = model.Number("unk_id") is { } id && id >= 0 && id < pieces.Length
            ? id
            : throw model.Refuse("unk_id", "names no piece of the vocabulary", JsonSection.CopyAgain);
        var (raw, normalized) = PipelineReader.AddedTokens(tokenizer);
        table.CheckFits(folder.Model, raw.Concat(normalized).Select(token => token.Id));
        var settings = ReadSettings(tokenizer);
        return new UnigramTokenizer(
            new UnigramVocabulary(pieces, unknownId),
            settings,
            new AddedTokens(raw),
            new AddedTokens(normalized),
            PipelineReader.Template(tokenizer),
            maxTokens,
            table.Required(folder.SpecialToken("pad_token", "<pad>"), "padding token"),
            unknownId,
            VocabularyFit.OfBeginnings(table.Ids, settings.VisibleSpace, raw.Concat(normalized).Select(token => token.Id), unknownId));
    }

    private static (string Text, double Score) ReadPiece(JsonSection model, JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
            && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.Number
            ? (entry[0].GetString()!, UnigramScore.Parse(entry[1].GetRawText()))
            : throw model.Refuse("vocab", "holds something else than pieces with scores", JsonSection.CopyAgain);

    private static UnigramSettings ReadSettings(JsonSection tokenizer)
    {
        var splitters = Flatten(tokenizer.Required("pre_tokenizer"), "pretokenizers").ToArray();
        var splitWhiteSpace = splitters is [{ Kind: "WhitespaceSplit" }, _];
        if (splitters is not ([{ Kind: "Metaspace" }] or [{ Kind: "WhitespaceSplit" }, { Kind: "Metaspace" }]))
        {
            throw tokenizer.Refuse("pre_tokenizer", "is not Metaspace", "other ways to split words are not supported with XLM-RoBERTa");
        }

        var metaspace = splitters[^1];
        var prepend = metaspace.Text("prepend_scheme") ?? (metaspace.Boolean("add_prefix_space") == false ? "never" : "always");
        if (prepend is not ("always" or "never") || metaspace.Boolean("split") == false)
        {
            throw metaspace.Refuse("prepend_scheme", "or \"split\" is set to another value than usual", "supported are always and never, with splitting");
        }

        return metaspace.Text("replacement") is [var space]
            ? new UnigramSettings(ReadReplacements(tokenizer), splitWhiteSpace, space, prepend == "always")
            : throw metaspace.Refuse("replacement", "is not one character", JsonSection.CopyAgain);
    }

    private static TextReplacement[] ReadReplacements(JsonSection tokenizer)
    {
        JsonSection[] normalizers = tokenizer.Section("normalizer") is { } normalizer ? [.. Flatten(normalizer, "normalizers")] : [];
        return normalizers is [{ Kind: "NFKC" }, .. var rest] && rest.All(part => part.Kind == "Replace")
            ? [.. rest.Select(ReadReplacement)]
            : throw tokenizer.Refuse(
                "normalizer",
                "is not NFKC with replacements after it",
                "other normalizers, such as SentencePiece's precompiled ones, are not supported yet");
    }

    private static TextReplacement ReadReplacement(JsonSection replace)
    {
        var pattern = replace.Required("pattern");
        var content = replace.Text("content") ?? "";
        return (pattern.Text("String"), pattern.Text("Regex")) switch
        {
            ({ Length: > 0 } plain, null) => new TextReplacement(plain, content),
            (null, TextReplacement.SpacesExpression) => new TextReplacement(Pattern: null, content),
            _ => throw replace.Refuse("pattern", "is a regular expression", $"only \"{TextReplacement.SpacesExpression}\" is supported"),
        };
    }

    private static IEnumerable<JsonSection> Flatten(JsonSection part, string members) =>
        part.Kind == "Sequence" ? part.Sections(members) : [part];
}
