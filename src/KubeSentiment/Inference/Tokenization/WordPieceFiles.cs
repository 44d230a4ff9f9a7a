namespace KubeSentiment.Inference.Tokenization;

/// <summary>Builds the WordPiece tokenizer of a BERT or DistilBERT folder, from tokenizer.json or else from vocab.txt and its settings.</summary>
internal static class WordPieceFiles
{
    private const string VocabularyFile = "vocab.txt";
    private const int FamilyMaxWordLength = 100;

    public static ITokenizer Load(TokenizerFolder folder, int maxTokens)
    {
        if (folder.Tokenizer is { } tokenizer)
        {
            return FromPipeline(folder, tokenizer, maxTokens);
        }

        if (!folder.Has(VocabularyFile))
        {
            throw ModelFolderException.For(
                folder.FileNamed(VocabularyFile), "is missing, and so is tokenizer.json", "a BERT or DistilBERT model needs one of the two");
        }

        return FromVocabulary(folder, maxTokens);
    }

    private static WordPieceTokenizer FromPipeline(TokenizerFolder folder, JsonSection tokenizer, int maxTokens)
    {
        var model = tokenizer.Required("model");
        if (model.Text("type") is { } kind and not "WordPiece")
        {
            throw model.Refuse("type", $"is \"{kind}\"", "a BERT or DistilBERT model needs WordPiece");
        }

        if (tokenizer.Section("pre_tokenizer")?.Kind is not "BertPreTokenizer")
        {
            throw tokenizer.Refuse("pre_tokenizer", "is not a BertPreTokenizer", "other ways to split words are not supported with WordPiece");
        }

        var table = TokenTable.FromMembers(model.Required("vocab"));
        if (folder.Has(VocabularyFile))
        {
            table.CheckEquals(TokenTable.FromLines(folder.FileNamed(VocabularyFile), folder.Lines(VocabularyFile)));
        }

        var (raw, normalized) = PipelineReader.AddedTokens(tokenizer);
        if (normalized is [var first, ..])
        {
            throw tokenizer.Refuse(
                "added_tokens", $"holds \"{first.Content}\", which is to be found after normalization", "save it with \"normalized\": false");
        }

        var settings = ReadSettings(tokenizer, model);
        CheckAgrees(folder.Configuration, "do_lower_case", settings.LowerCase);
        CheckAgrees(folder.Configuration, "strip_accents", settings.StripAccents);
        CheckAgrees(folder.Configuration, "tokenize_chinese_chars", settings.IsolateIdeographs);
        var unknown = model.Text("unk_token") ?? throw model.Refuse("unk_token", "is missing", JsonSection.CopyAgain);
        return Build(folder, table, settings, raw, unknown, PipelineReader.Template(tokenizer), maxTokens);
    }

    private static WordPieceSettings ReadSettings(JsonSection tokenizer, JsonSection model)
    {
        if (tokenizer.Section("normalizer") is not { Kind: "BertNormalizer" } normalizer)
        {
            throw tokenizer.Refuse("normalizer", "is not a BertNormalizer", "other ways to clean texts are not supported with WordPiece");
        }

        var lowerCase = normalizer.Boolean("lowercase") ?? true;
        var maxWordLength = model.Number("max_input_chars_per_word") ?? FamilyMaxWordLength;
        return new WordPieceSettings(
            normalizer.Boolean("clean_text") ?? true,
            normalizer.Boolean("handle_chinese_chars") ?? true,
            normalizer.Boolean("strip_accents") ?? lowerCase,
            lowerCase,
            maxWordLength > 0 ? maxWordLength : throw model.Refuse("max_input_chars_per_word", "is not above 0", JsonSection.CopyAgain),
            model.Text("continuing_subword_prefix") ?? "##");
    }

    private static void CheckAgrees(JsonSection? configuration, string name, bool pipeline)
    {
        if (configuration?.Boolean(name) is { } setting && setting != pipeline)
        {
            throw configuration.Value.Refuse(
                name, $"is {(setting ? "true" : "false")}, which tokenizer.json contradicts", "make the two agree with how the model was trained");
        }
    }

    private static WordPieceTokenizer FromVocabulary(TokenizerFolder folder, int maxTokens)
    {
        var table = TokenTable.FromLines(folder.FileNamed(VocabularyFile), folder.Lines(VocabularyFile));
        var lowerCase = folder.Configuration?.Boolean("do_lower_case") ?? true;
        var settings = new WordPieceSettings(
            CleanText: true,
            folder.Configuration?.Boolean("tokenize_chinese_chars") ?? true,
            folder.Configuration?.Boolean("strip_accents") ?? lowerCase,
            lowerCase,
            FamilyMaxWordLength,
            "##");
        var unknown = folder.SpecialToken("unk_token", "[UNK]");
        var start = folder.SpecialToken("cls_token", "[CLS]");
        var end = folder.SpecialToken("sep_token", "[SEP]");
        var added = VocabularyFolder.AddedTokens(
            folder,
            table,
            ("unk_token", "[UNK]"),
            ("cls_token", "[CLS]"),
            ("sep_token", "[SEP]"),
            ("pad_token", "[PAD]"),
            ("mask_token", "[MASK]"));
        var template = new SequenceTemplate([table.Required(start, "start token")], [table.Required(end, "separator")]);
        return Build(folder, table, settings, added, unknown, template, maxTokens);
    }

    private static WordPieceTokenizer Build(
        TokenizerFolder folder,
        TokenTable table,
        WordPieceSettings settings,
        AddedToken[] added,
        string unknown,
        SequenceTemplate template,
        int maxTokens)
    {
        table.CheckFits(folder.Model, added.Select(token => token.Id));
        var unknownId = table.Required(unknown, "unknown token");
        return new WordPieceTokenizer(
            new WordPieceVocabulary(table.Ids, settings.ContinuationPrefix, unknownId),
            settings,
            new AddedTokens(added),
            template,
            maxTokens,
            table.Required(folder.SpecialToken("pad_token", "[PAD]"), "padding token"),
            unknownId,
            VocabularyFit.OfContinuations(table.Ids, settings.ContinuationPrefix, added.Select(token => token.Id), unknownId));
    }
}
