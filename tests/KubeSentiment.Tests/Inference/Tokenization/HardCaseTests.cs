using System.Text.Json;

namespace KubeSentiment.Tests.Inference.Tokenization;

/// <summary>480 texts made to be hard, with the ids that Hugging Face tokenizers 0.23 gives them.</summary>
public sealed class HardCaseTests
{
    [Theory]
    [InlineData(GoldenTexts.BuiltIn, "uncased")]
    [InlineData(GoldenTexts.CasedDistilBert, "cased")]
    [InlineData(GoldenTexts.Roberta, "roberta")]
    [InlineData(GoldenTexts.XlmRoberta, "xlm")]
    public void Tokenize_EveryHardCase_EqualsHuggingFace(string model, string column)
    {
        var tokenizer = GoldenTexts.Load(model);
        var texts = 0;

        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Assets", "tokenizer-hard-cases.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var text = json.RootElement.GetProperty("text").GetString()!;
            var expected = json.RootElement.GetProperty(column);

            var tokens = tokenizer.Tokenize(text);

            tokens.Ids.ShouldBe(expected.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), line);
            tokens.Truncated.ShouldBe(expected.GetProperty("truncated").GetBoolean(), line);
            texts++;
        }

        texts.ShouldBe(480);
    }
}
