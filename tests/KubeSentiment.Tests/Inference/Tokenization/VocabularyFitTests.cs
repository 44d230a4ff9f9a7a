using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>Which words a model cannot read.</summary>
public sealed class VocabularyFitTests
{
    private static readonly ITokenizer BuiltIn = GoldenTexts.Load(Models.BuiltIn);

    [Theory]
    [InlineData("I love this film, it's disappointingly good!", 0)]
    [InlineData("5/5 stars", 0)]
    [InlineData("12345 67890 !!! :-)", 0)]
    [InlineData("😀", 0.5)]
    [InlineData("😀😀 😡", 0.667)]
    [InlineData("qxzvk wpqjh zzkfd", 0.75)]
    [InlineData("Отличный фильм, всем советую", 0.8)]
    [InlineData("이 영화는 정말 훌륭했습니다", 0.8)]
    [InlineData("good qxzvk", 0.333)]
    [InlineData("good film 😀", 0.25)]
    [InlineData("[SEP] [MASK] good", 0)]
    public void UnreadableShare_OfTheBuiltInModel_IsWhatAReaderWouldSay(string text, double share) =>
        ((double)BuiltIn.Fit.UnreadableShare(BuiltIn.Tokenize(text).Ids)).ShouldBe(share, 0.001);

    [Fact]
    public void UnreadableShare_NoIds_IsZero() => BuiltIn.Fit.UnreadableShare([]).ShouldBe(0);

    [Theory]
    [InlineData("great-film", 0)]
    [InlineData("great g-r-e-a-t", 0.333)]
    [InlineData("great ' s", 0)]
    [InlineData("great? great", 0)]
    [InlineData("great-e-d", 0.5)]
    [InlineData("great unknown", 0.333)]
    [InlineData("special beyond", 0)]
    public void UnreadableShare_WhereBeginningsAreMarked_JoinsWhatFollows(string pieces, double share)
    {
        var tokens = new[] { "_great", "film", "_g", "r", "e", "a", "t", "'s", "?", "d", "<unk>", "<s>" }.Index().ToDictionary(token => token.Item, token => token.Index);
        var fit = VocabularyFit.OfBeginnings(tokens, '_', special: [tokens["<s>"], 1_000], tokens["<unk>"]);
        var ids = pieces.Split(' ', '-').Select(piece => piece switch
        {
            "great" => tokens["_great"],
            "g" => tokens["_g"],
            "'" or "s" => tokens["'s"],
            "great?" => tokens["?"],
            "unknown" => tokens["<unk>"],
            "special" => tokens["<s>"],
            "beyond" => 1_000,
            _ => tokens[piece],
        }).ToArray();

        ((double)fit.UnreadableShare(ids)).ShouldBe(share, 0.001);
    }

    [Theory]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-distilbert-cased")]
    [InlineData("tiny-xlm-roberta")]
    public void UnreadableShare_OfOtherFamilies_TellsNoiseFromWords(string model)
    {
        var tokenizer = GoldenTexts.Load(Models.Tiny(model));

        Share("the film was good and the people were great").ShouldBeLessThan(Share("\u0416\u0429\u042A \u05D0\u05D1\u05D2 qxzvk"));

        float Share(string text) => tokenizer.Fit.UnreadableShare(tokenizer.Tokenize(text).Ids);
    }
}
