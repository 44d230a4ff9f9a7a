using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Builds the byte-level BPE tokenizer of a RoBERTa folder, from tokenizer.json or else from vocab.json and merges.txt.</summary>
internal static class ByteLevelBpeFiles
{
    private const string VocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";

    /// <summary>The space's spelling in a byte-level vocabulary: it is the 33rd byte that has none of its own.</summary>
    private const char VisibleSpace = '\u0120';

    public static ITokenizer Load(TokenizerFolder folder, int maxTokens)
    {
        if (folder.Tokenizer is { } tokenizer)
        {
            return FromPipeline(folder, tokenizer, maxTokens);
        }

        foreach (var name in (string[])[VocabularyFile, MergesFile])
        {
            if (!folder.Has(name))
            {
                throw ModelFolderException.For(
                    folder.FileNamed(name), "is missing, and so is tokenizer.json", "a RoBERTa model needs either that or vocab.json with merges.txt");
            }
        }

        return FromVocabulary(folder, maxTokens);
    }

    private static ByteLevelBpeTokenizer FromPipeline(TokenizerFolder folder, JsonSection tokenizer, int maxTokens)
    {
        var model = tokenizer.Required("model");
        RefuseOtherModels(tokenizer, model);
        if (tokenizer.Section("pre_tokenizer") is not { Kind: "ByteLevel" } splitter || splitter.Boolean("use_regex") == false)
        {
            throw tokenizer.Refuse("pre_tokenizer", "is not ByteLevel with its own pattern", "other ways to split words are not supported with RoBERTa");
        }

        var addPrefixSpace = splitter.Boolean("add_prefix_space") ?? true;
        if (folder.Configuration?.Boolean("add_prefix_space") is { } setting && setting != addPrefixSpace)
        {
            throw folder.Configuration.Value.Refuse(
                "add_prefix_space", "contradicts tokenizer.json", "make the two agree with how the model was trained");
        }

        var table = TokenTable.FromMembers(model.Required("vocab"));
        if (folder.Json(VocabularyFile) is { } second)
        {
            table.CheckEquals(TokenTable.FromMembers(second));
        }

        var merges = model.List("merges").Select(merge => merge switch
        {
            { ValueKind: JsonValueKind.String } => merge.GetString()!,
            { ValueKind: JsonValueKind.Array } when merge.EnumerateArray().ToArray() is [{ ValueKind: JsonValueKind.String }, { ValueKind: JsonValueKind.String }] => $"{merge[0].GetString()} {merge[1].GetString()}",
            _ => throw model.Refuse("merges", "holds something else than pairs", JsonSection.CopyAgain),
        });
        var (raw, normalized) = PipelineReader.AddedTokens(tokenizer);
        return Build(folder, table, [.. merges], raw, normalized, PipelineReader.Template(tokenizer), maxTokens, addPrefixSpace);
    }

    private static void RefuseOtherModels(JsonSection tokenizer, JsonSection model)
    {
        if (model.Text("type") is { } kind and not "BPE")
        {
            throw model.Refuse("type", $"is \"{kind}\"", "a RoBERTa model needs BPE");
        }

        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model.Text(name) is { Length: > 0 })
            {
                throw model.Refuse(name, "is set", "byte-level BPE is supported without marks at pieces");
            }
        }

        if (model.Boolean("ignore_merges") == true || model.Boolean("byte_fallback") == true)
        {
            throw model.Refuse("ignore_merges", "or byte_fallback is true", "neither is supported with RoBERTa");
        }

        if (tokenizer.Has("normalizer"))
        {
            throw tokenizer.Refuse("normalizer", "is set", "RoBERTa is supported without one");
        }
    }

    private static ByteLevelBpeTokenizer FromVocabulary(TokenizerFolder folder, int maxTokens)
    {
        var table = TokenTable.FromMembers(folder.Json(VocabularyFile)!.Value);
        var merges = folder.Lines(MergesFile).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)).ToArray();

        // As Hugging Face does by default, the mask token takes the space before it along.
        var added = VocabularyFolder.AddedTokens(
            folder,
            table,
            ("bos_token", "<s>"),
            ("eos_token", "</s>"),
            ("unk_token", "<unk>"),
            ("sep_token", "</s>"),
            ("pad_token", "<pad>"),
            ("cls_token", "<s>"),
            ("mask_token", "<mask>"));
        var template = new SequenceTemplate(
            [table.Required(folder.SpecialToken("cls_token", "<s>"), "start token")],
            [table.Required(folder.SpecialToken("sep_token", "</s>"), "separator")]);
        var addPrefixSpace = folder.Configuration?.Boolean("add_prefix_space") ?? false;
        return Build(folder, table, merges, added, [], template, maxTokens, addPrefixSpace);
    }

    private static ByteLevelBpeTokenizer Build(
        TokenizerFolder folder,
        TokenTable table,
        string[] merges,
        AddedToken[] raw,
        AddedToken[] normalized,
        SequenceTemplate template,
        int maxTokens,
        bool addPrefixSpace)
    {
        table.CheckFits(folder.Model, raw.Concat(normalized).Select(token => token.Id));
        if (merges.Length != merges.Distinct().Count())
        {
            throw table.Refuse("comes with a list of merges that holds one twice", JsonSection.CopyAgain);
        }

        var byteIds = ByteSpellings().Select(spelling => table.Required(spelling.ToString(), "byte")).ToArray();
        var longWords = new LongWordMerges(byteIds, merges.Select(merge => ReadMerge(table, merge)));
        return new ByteLevelBpeTokenizer(
            BpeTokenizer.Create(new BpeOptions(table.Ids) { Merges = merges, ByteLevel = true }),
            longWords,
            new AddedTokens(raw),
            new AddedTokens(normalized),
            template,
            maxTokens,
            addPrefixSpace,
            table.Required(folder.SpecialToken("pad_token", "<pad>"), "padding token"),
            VocabularyFit.OfBeginnings(table.Ids, VisibleSpace, raw.Concat(normalized).Select(token => token.Id), unknownId: null));
    }

    private static (int Left, int Right, int Merged) ReadMerge(TokenTable table, string merge)
    {
        var parts = merge.Split(' ');
        if (parts.Length != 2)
        {
            throw table.Refuse($"comes with the merge \"{merge}\", which is not a pair", JsonSection.CopyAgain);
        }

        var role = $"piece of the merge \"{merge}\",";
        return (table.Required(parts[0], role), table.Required(parts[1], role), table.Required(parts[0] + parts[1], role));
    }

    /// <summary>The characters that stand for the 256 bytes in a byte-level vocabulary: printable ones for themselves, the rest from U+0100 on.</summary>
    private static IEnumerable<char> ByteSpellings()
    {
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            yield return printable ? (char)value : next++;
        }
    }
}
