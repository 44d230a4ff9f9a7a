using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

public sealed class TokenizerLoaderTests
{
    /// <summary>Editors and shells of Windows put one before UTF-8.</summary>
    [Fact]
    public void Load_JsonWithAByteOrderMark_IsRead()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta);
        foreach (var name in (string[])["tokenizer.json", "config.json"])
        {
            folder.With(name, '\uFEFF' + File.ReadAllText(folder.FileNamed(name)));
        }

        folder.Load().Tokenize("a").Ids.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn, "tokenizer.json")]
    [InlineData(GoldenTexts.BuiltIn, "vocab.txt")]
    [InlineData(GoldenTexts.CasedDistilBert, "tokenizer.json")]
    [InlineData(GoldenTexts.CasedDistilBert, "vocab.txt", "tokenizer_config.json")]
    [InlineData(GoldenTexts.Roberta, "tokenizer.json")]
    [InlineData(GoldenTexts.Roberta, "vocab.json", "merges.txt")]
    public void Load_OneKindOfFilesOnly_EqualsHuggingFace(string model, params string[] missing)
    {
        using var folder = new TokenizerFolderCopy(model).Without(missing);

        var tokenizer = folder.Load();

        // How the mask token takes white space along is told by tokenizer.json only: see the test on it below.
        foreach (var golden in GoldenTexts.Read(model).Where(golden => !golden.Text.Contains("<mask>")))
        {
            tokenizer.Tokenize(golden.Text).Ids.ShouldBe(golden.Ids, golden.Text);
        }
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn, 0, 100)]
    [InlineData(GoldenTexts.CasedDistilBert, 0, 1)]
    [InlineData(GoldenTexts.Roberta, 1, null)]
    [InlineData(GoldenTexts.XlmRoberta, 1, 3)]
    public void Load_EveryFamily_KnowsPaddingAndUnknown(string model, int pad, int? unknown)
    {
        var tokenizer = GoldenTexts.Load(model);

        tokenizer.PadId.ShouldBe(pad);
        tokenizer.UnknownId.ShouldBe(unknown);
    }

    [Fact]
    public void Load_UnknownModelType_SaysWhatIsSupported()
    {
        var refusal = () => TokenizerLoader.Load(GoldenTexts.FolderOf(GoldenTexts.BuiltIn), "deberta-v2", 512);

        refusal.ShouldThrow<ModelFolderException>().Message.ShouldContain("\"deberta-v2\"");
        refusal.ShouldThrow<ModelFolderException>().Message.ShouldContain("supported are bert, distilbert");
    }

    [Fact]
    public void Load_NoFolder_NamesIt() =>
        Should.Throw<ModelFolderException>(() => TokenizerLoader.Load("/no/such/folder", "bert", 512))
            .Message.ShouldStartWith("/no/such/folder is not a folder");

    [Fact]
    public void Load_RobertaPrefixSpaceFromSettings_PutsSpaceBeforeEachSegment()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta)
            .Without("tokenizer.json")
            .Edit("tokenizer_config.json", json => json["add_prefix_space"] = true);
        var plain = GoldenTexts.Load(GoldenTexts.Roberta);

        var tokenizer = folder.Load();

        tokenizer.Tokenize("the film").Ids.ShouldBe(plain.Tokenize(" the film").Ids);
        tokenizer.Tokenize("the</s>film").Ids.ShouldBe(plain.Tokenize(" the</s> film").Ids);
    }

    [Fact]
    public void Load_RobertaMaskFromVocabulary_TakesTheSpaceBeforeIt()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.Roberta).Without("tokenizer.json");

        var ids = folder.Load().Tokenize("the <mask>").Ids;

        ids.ShouldBe(GoldenTexts.Load(GoldenTexts.Roberta).Tokenize("the<mask>").Ids);
    }

    [Fact]
    public void Load_WordLengthFromTokenizerJson_MakesLongerWordsUnknown()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn)
            .Edit("tokenizer.json", json => json["model"]!["max_input_chars_per_word"] = 4);

        folder.Load().Tokenize("good films").Ids.ShouldBe([101, 2204, 100, 102]);
    }

    [Fact]
    public void Load_CasedSettingsWithVocabularyOnly_KeepsCase()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn)
            .Without("tokenizer.json")
            .Edit("tokenizer_config.json", json => json["do_lower_case"] = false);

        folder.Load().Tokenize("Good good").Ids.ShouldBe([101, 100, 2204, 102]);
    }

    [Fact]
    public void Load_TokenTooManyForTheModel_Refuses()
    {
        using var folder = new TokenizerFolderCopy(GoldenTexts.BuiltIn).Edit("config.json", json => json["vocab_size"] = 30521);

        folder.ShouldBeRefused("tokenizer.json", "token id 30521", "only 30521 tokens");
    }
}
