using System.Diagnostics;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>What every tokenizer promises beyond its ids: any text, any thread, an early end.</summary>
public sealed class TokenizerTests
{
    public static TheoryData<string> Models => [GoldenTexts.BuiltIn, GoldenTexts.CasedDistilBert, GoldenTexts.Roberta, GoldenTexts.XlmRoberta];

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokenize_LoneSurrogates_CountAsReplacementCharacters(string model)
    {
        var tokenizer = GoldenTexts.Load(model);

        foreach (var text in (string[])["\uD800", "good\uDC00 film", "\uD83D\uD83D\uDE00 \uDE00", "end \uDBFF", "é\uD800\u0301 e\uDC00"])
        {
            var replaced = string.Concat(text.EnumerateRunes());

            tokenizer.Tokenize(text).Ids.ShouldBe(tokenizer.Tokenize(replaced).Ids);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokenize_ManyThreadsAtOnce_EqualsOneAfterTheOther(string model)
    {
        var tokenizer = GoldenTexts.Load(model);
        var texts = GoldenTexts.Read(model).ToArray();
        var passes = Enumerable.Range(0, 8).SelectMany(_ => texts);

        var wrong = passes.AsParallel().WithDegreeOfParallelism(4).Count(golden => !tokenizer.Tokenize(golden.Text).Ids.SequenceEqual(golden.Ids));

        wrong.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokenize_OneTokenOverTheLimit_KeepsSpecialTokensAndSaysSo(string model)
    {
        var fits = GoldenTexts.Load(model, maxTokens: 6).Tokenize("a a a a");
        var over = GoldenTexts.Load(model, maxTokens: 6).Tokenize("a a a a a");

        fits.Truncated.ShouldBeFalse();
        fits.Ids.Length.ShouldBe(6);
        over.Truncated.ShouldBeTrue();
        over.Ids.ShouldBe(fits.Ids);
    }

    [Theory]
    [InlineData(GoldenTexts.BuiltIn)]
    [InlineData(GoldenTexts.Roberta)]
    public void Tokenize_TextFarOverTheLimit_StopsReading(string model)
    {
        var tokenizer = GoldenTexts.Load(model);
        var text = string.Concat(Enumerable.Repeat("great café ", 1_000_000));
        var expected = tokenizer.Tokenize(text[..20_000]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var tokens = tokenizer.Tokenize(text);

        // A tokenizer that read on would have to keep millions of ids, or at least the words' pieces.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
        tokens.Truncated.ShouldBeTrue();
        tokens.Ids.ShouldBe(expected.Ids);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokenize_HostileTexts_TakeLinearTime(string model)
    {
        var tokenizer = GoldenTexts.Load(model);
        string[] patterns = ["a", "😀", "é", "\u0345\u0334", "\u0345\u0F73", "\u302E\uD834\uDD65", "["];

        foreach (var pattern in patterns)
        {
            var text = string.Concat(Enumerable.Repeat(pattern, 100_000));
            var clock = Stopwatch.StartNew();

            tokenizer.Tokenize(text);

            // It takes 0.4 s at most. ICU's ordering of these marks or the library's merges of these emoji would take over 10 s.
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), $"U+{char.ConvertToUtf32(pattern, 0):X4}");
        }
    }
}
