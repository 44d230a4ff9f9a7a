namespace KubeSentiment.Inference.Tokenization;

/// <summary>Reads the parts of tokenizer.json that all families share: added tokens and the template around a text.</summary>
internal static class PipelineReader
{
    /// <summary>Splits the added tokens into those matched in the raw text and those matched after normalization.</summary>
    public static (AddedToken[] Raw, AddedToken[] Normalized) AddedTokens(JsonSection tokenizer)
    {
        var raw = new List<AddedToken>();
        var normalized = new List<AddedToken>();
        foreach (var entry in tokenizer.Sections("added_tokens"))
        {
            var content = entry.Text("content") ?? throw entry.Refuse("content", "is missing", JsonSection.CopyAgain);
            var id = entry.Number("id") ?? throw entry.Refuse("id", "is missing", JsonSection.CopyAgain);
            if (entry.Boolean("single_word") == true)
            {
                throw entry.Refuse("single_word", $"is true for \"{content}\"", "added tokens that only match whole words are not supported");
            }

            var token = new AddedToken(content, id, entry.Boolean("lstrip") ?? false, entry.Boolean("rstrip") ?? false);
            (entry.Boolean("normalized") == true ? normalized : raw).Add(token);
        }

        return ([.. raw], [.. normalized]);
    }

    /// <summary>The special tokens around a single text.</summary>
    public static SequenceTemplate Template(JsonSection tokenizer)
    {
        var processor = tokenizer.Section("post_processor")
            ?? throw tokenizer.Refuse("post_processor", "is missing", "save the tokenizer together with its special tokens");
        return FromProcessor(processor);
    }

    private static SequenceTemplate FromProcessor(JsonSection processor) => processor.Kind switch
    {
        "BertProcessing" or "RobertaProcessing" => new SequenceTemplate([PairId(processor, "cls")], [PairId(processor, "sep")]),
        "TemplateProcessing" => FromTemplate(processor),

        // ByteLevel as a post-processor only moves offsets.
        "Sequence" when processor.Sections("processors").Where(part => part.Kind != "ByteLevel").ToArray() is [var only] => FromProcessor(only),
        var kind => throw processor.Refuse("type", $"is \"{kind}\"", "supported are BertProcessing, RobertaProcessing and TemplateProcessing"),
    };

    private static int PairId(JsonSection processor, string role) =>
        processor.List(role) is [_, var id] && JsonSection.WholeNumber(id) is { } value
            ? value
            : throw processor.Refuse(role, "is not a token and its id", JsonSection.CopyAgain);

    private static SequenceTemplate FromTemplate(JsonSection processor)
    {
        var known = processor.Required("special_tokens");
        var prefix = new List<int>();
        var suffix = new List<int>();
        var texts = 0;
        foreach (var piece in processor.Sections("single"))
        {
            if (piece.Section("SpecialToken") is not { } special)
            {
                texts++;
                continue;
            }

            var name = special.Text("id") ?? throw special.Refuse("id", "is missing", JsonSection.CopyAgain);
            var ids = known.Required(name).List("ids")
                .Select(id => JsonSection.WholeNumber(id) ?? throw known.Refuse(name, "has no whole numbers for ids", JsonSection.CopyAgain));
            (texts == 0 ? prefix : suffix).AddRange(ids);
        }

        return texts == 1
            ? new SequenceTemplate([.. prefix], [.. suffix])
            : throw processor.Refuse("single", "does not hold the text exactly once", "other templates are not supported");
    }
}
