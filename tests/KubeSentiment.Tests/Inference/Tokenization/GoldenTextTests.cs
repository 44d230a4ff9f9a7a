namespace KubeSentiment.Tests.Inference.Tokenization;

public sealed class GoldenTextTests
{
    [Theory]
    [InlineData(GoldenTexts.BuiltIn)]
    [InlineData(GoldenTexts.CasedDistilBert)]
    [InlineData(GoldenTexts.Roberta)]
    [InlineData(GoldenTexts.XlmRoberta)]
    public void Tokenize_EveryGoldenText_EqualsHuggingFace(string model)
    {
        var tokenizer = GoldenTexts.Load(model);
        var texts = 0;

        foreach (var golden in GoldenTexts.Read(model))
        {
            var tokens = tokenizer.Tokenize(golden.Text);

            tokens.Ids.ShouldBe(golden.Ids, golden.Text);
            tokens.Truncated.ShouldBe(golden.Truncated, golden.Text);
            texts++;
        }

        texts.ShouldBe(227);
    }
}
