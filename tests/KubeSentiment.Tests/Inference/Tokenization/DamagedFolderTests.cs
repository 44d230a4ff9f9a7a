using System.Text.Json.Nodes;
using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>Folders that must be refused with a sentence rather than tokenized wrongly.</summary>
public sealed class DamagedFolderTests
{
    [Theory]
    [InlineData(GoldenTexts.BuiltIn, "vocab.txt")]
    [InlineData(GoldenTexts.Roberta, "vocab.json")]
    public void Load_NoTokenizerFiles_SaysWhichAreNeeded(string model, string named)
    {
        using var folder = new TokenizerFolderCopy(model).Without("tokenizer.json", "vocab.txt", "vocab.json", "merges.txt");

        folder.ShouldBeRefused(named, "is missing", "tokenizer.json");
    }

    [Fact]
    public void Load_XlmRobertaWithoutTokenizerJson_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.XlmRoberta).Without("tokenizer.json");

        folder.ShouldBeRefused("tokenizer.json", "is missing");
    }

    [Fact]
    public void Load_VocabularyWithoutMerges_NamesTheMissingFile()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta).Without("tokenizer.json", "merges.txt");

        folder.ShouldBeRefused("merges.txt", "is missing");
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn)]
    [InlineData(GoldenTexts.Roberta)]
    [InlineData(GoldenTexts.XlmRoberta)]
    public void Load_TruncatedJson_NamesTheFile(string model)
    {
        using var folder = new TokenizerFolderCopy(model);
        folder.With("tokenizer.json", File.ReadAllText(folder.FileNamed("tokenizer.json"))[..5000]);

        folder.ShouldBeRefused("tokenizer.json", "is not complete JSON", "copy it again");
    }

    [Theory]
    [InlineData("[]", "holds no JSON object")]
    [InlineData("{}", "\"model\" is missing")]
    [InlineData("""{"model":{"vocab":[]}}""", "BertPreTokenizer")]
    [InlineData("""{"model":{"vocab":[]},"pre_tokenizer":{"type":"BertPreTokenizer"}}""", "no JSON object at \"model\".\"vocab\"")]
    [InlineData("""{"model":{"vocab":{"a":"b"}},"pre_tokenizer":{"type":"BertPreTokenizer"}}""", "\"model\".\"vocab\".\"a\" has no id")]
    [InlineData("""{"model":{"vocab":{}},"pre_tokenizer":{"type":"BertPreTokenizer"}}""", "holds no token")]
    public void Load_JsonOfAnotherShape_NamesThePlace(string json, string problem)
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).With("tokenizer.json", json).Without("vocab.txt");

        folder.ShouldBeRefused("tokenizer.json", problem);
    }

    [Fact]
    public void Load_VocabularyWithoutUnknownToken_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Without("tokenizer.json").EditLines("vocab.txt", lines => lines[100] = "[unused-100]");

        folder.ShouldBeRefused("vocab.txt", "lacks the unknown token \"[UNK]\"");
    }

    [Fact]
    public void Load_RepeatedToken_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Without("tokenizer.json").EditLines("vocab.txt", lines => lines.Add("good"));

        folder.ShouldBeRefused("vocab.txt", "\"good\" twice");
    }

    [Fact]
    public void Load_RepeatedId_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta)
            .Without("vocab.json")
            .Edit("tokenizer.json", json => json["model"]!["vocab"]!["<mask>"] = 3);

        folder.ShouldBeRefused("tokenizer.json", "id 3", "\"<mask>\"");
    }

    [Fact]
    public void Load_VocabularyOfAnotherSize_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).EditLines("vocab.txt", lines => lines.RemoveAt(30000));

        folder.ShouldBeRefused("vocab.txt (30521 tokens) disagrees with tokenizer.json (30522 tokens)");
    }

    [Fact]
    public void Load_MergeOfUnknownPieces_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta).Without("tokenizer.json").EditLines("merges.txt", lines => lines.Add("film zzzz"));

        folder.ShouldBeRefused("lacks the piece of the merge \"film zzzz\"");
    }

    [Fact]
    public void Load_RepeatedMerge_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta).Without("tokenizer.json").EditLines("merges.txt", lines => lines.Add(lines[1]));

        folder.ShouldBeRefused("holds one twice");
    }

    [Fact]
    public void Load_MergeThatIsNoPair_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta).Without("tokenizer.json").EditLines("merges.txt", lines => lines.Add("abc"));

        folder.ShouldBeRefused("the merge \"abc\", which is not a pair");
    }

    [Fact]
    public void Load_VocabularyWithoutAByte_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta)
            .Without("vocab.json")
            .Edit("tokenizer.json", json => json["model"]!["vocab"]!.AsObject().Remove("!"));

        folder.ShouldBeRefused("lacks the byte \"!\"");
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn, "do_lower_case", false)]
    [InlineData(GoldenTexts.BuiltIn, "strip_accents", false)]
    [InlineData(GoldenTexts.BuiltIn, "tokenize_chinese_chars", false)]
    [InlineData(GoldenTexts.Roberta, "add_prefix_space", true)]
    public void Load_SettingsThatContradictThePipeline_Refuses(string model, string name, bool value)
    {
        using var folder = new TokenizerFolderCopy(model).Edit("tokenizer_config.json", json => json[name] = value);

        folder.ShouldBeRefused("tokenizer_config.json", $"\"{name}\"", "agree");
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn, "normalizer", """{"type":"Lowercase"}""")]
    [InlineData(GoldenTexts.BuiltIn, "pre_tokenizer", """{"type":"Whitespace"}""")]
    [InlineData(GoldenTexts.BuiltIn, "post_processor", """{"type":"ByteLevel"}""")]
    [InlineData(GoldenTexts.BuiltIn, "post_processor", "null")]
    [InlineData(GoldenTexts.Roberta, "normalizer", """{"type":"NFC"}""")]
    [InlineData(GoldenTexts.Roberta, "pre_tokenizer", """{"type":"ByteLevel","use_regex":false}""")]
    [InlineData(GoldenTexts.XlmRoberta, "normalizer", """{"type":"Precompiled","precompiled_charsmap":""}""")]
    [InlineData(GoldenTexts.XlmRoberta, "pre_tokenizer", """{"type":"Whitespace"}""")]
    [InlineData(GoldenTexts.XlmRoberta, "model", """{"type":"BPE"}""")]
    public void Load_PipelineOfAnotherKind_NamesThePart(string model, string part, string json)
    {
        using var folder = new TokenizerFolderCopy(model).Edit("tokenizer.json", pipeline => pipeline[part] = JsonNode.Parse(json));

        folder.ShouldBeRefused("tokenizer.json", $"\"{part}\"");
    }

    [Theory]
    [InlineData("single_word")]
    [InlineData("normalized")]
    public void Load_AddedTokenThatMatchesInAnotherWay_Refuses(string flag)
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Edit("tokenizer.json", json => json["added_tokens"]![4]![flag] = true);

        folder.ShouldBeRefused("tokenizer.json", "added_tokens", "[MASK]");
    }

    [Fact]
    public void Load_TruncationAtTheBeginning_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Edit("tokenizer_config.json", json => json["truncation_side"] = "left");

        folder.ShouldBeRefused("truncation side left");
    }

    [Fact]
    public void Load_AddedTokensWithoutPipeline_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Without("tokenizer.json").With("added_tokens.json", """{"[EXTRA]": 30522}""");

        folder.ShouldBeRefused("added_tokens.json", "\"[EXTRA]\"");
    }

    [Theory]
    [InlineData(GoldenTexts.CasedDistilBert)]
    [InlineData(GoldenTexts.Roberta)]
    [InlineData(GoldenTexts.XlmRoberta)]
    public void Load_AnyPartOfAnotherKind_LoadsOrRefuses(string model)
    {
        using var folder = new TokenizerFolderCopy(model);
        var intact = JsonNode.Parse(File.ReadAllText(folder.FileNamed("tokenizer.json")))!;
        foreach (var path in Paths(intact).ToArray())
        {
            foreach (var other in (string[])["null", "7.5", "\"x\"", "[[{}],3]", "{\"type\":\"Sequence\"}"])
            {
                folder.With("tokenizer.json", With(intact, path, other));

                var failure = Record.Exception(folder.Load);

                (failure is null or ModelFolderException).ShouldBeTrue($"{string.Join('/', path)} = {other}: {failure}");
            }
        }
    }

    /// <summary>The places of a pipeline, the thousands of vocabulary entries but the first two left out.</summary>
    private static IEnumerable<object[]> Paths(JsonNode node) => node switch
    {
        JsonObject members => members.Take(12).SelectMany(member => Below(member.Key, member.Value)),
        JsonArray elements => elements.Take(2).SelectMany((element, index) => Below(index, element)),
        _ => [],
    };

    private static IEnumerable<object[]> Below(object step, JsonNode? child) =>
        (child is null ? [] : Paths(child).Select(path => (object[])[step, .. path])).Prepend([step]);

    private static string With(JsonNode intact, object[] path, string other)
    {
        var copy = intact.DeepClone();
        var parent = path[..^1].Aggregate(copy, (node, step) => step is string name ? node[name]! : node[(int)step]!);
        if (path[^1] is string last)
        {
            parent[last] = JsonNode.Parse(other);
        }
        else
        {
            parent[(int)path[^1]] = JsonNode.Parse(other);
        }

        return copy.ToJsonString();
    }
}
