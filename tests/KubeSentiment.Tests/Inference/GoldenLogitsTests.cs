using System.Text.Json;
using KubeSentiment.Inference;

namespace KubeSentiment.Tests.Inference;

/// <summary>The whole way from text to logits gives what the models' makers got.</summary>
public class GoldenLogitsTests
{
    /// <summary>The card's tolerance for int8 arithmetic on a CPU with VNNI; without it products may saturate.</summary>
    private const double Int8Tolerance = 0.05;
    private const double Fp32Tolerance = 1e-4;

    private static string BuiltIn => Path.Combine(AppContext.BaseDirectory, "Assets", "models", "sentiment.golden.jsonl");

    [Fact]
    public async Task Infer_BuiltInModel_EqualsItsGoldenLogits()
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Avx512Vbmi.IsSupported || System.Runtime.Intrinsics.X86.AvxVnni.IsSupported,
            "This CPU has no VNNI: int8 products may saturate.");
        using var model = Models.Load(Models.BuiltIn);
        await AssertGolden(model, BuiltIn, "logits", Int8Tolerance);
    }

    /// <summary>Its arithmetic is fp32: no CPU is excused.</summary>
    [Fact]
    public async Task Infer_BuiltInFastModel_EqualsItsGoldenLogits()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 0 });
        await AssertGolden(model, BuiltIn, "logits_fast", Fp32Tolerance);
    }

    [Theory]
    [InlineData("tiny-distilbert-cased")]
    [InlineData("tiny-roberta")]
    [InlineData("tiny-xlm-roberta")]
    public async Task Infer_TinyModel_EqualsItsGoldenLogits(string name)
    {
        using var model = Models.Load(Models.Tiny(name));
        await AssertGolden(model, Path.Combine(Models.Tiny(name), "golden.jsonl"), "logits", Fp32Tolerance);
    }

    private static async Task AssertGolden(SentimentModel model, string golden, string field, double tolerance)
    {
        var cases = File.ReadLines(golden).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        cases.Count.ShouldBeGreaterThan(200);

        var answers = model.TryInfer([.. cases.Select(golden => model.Tokenize(golden.GetProperty("text").GetString()!))], false, TestContext.Current.CancellationToken)!;

        for (var i = 0; i < cases.Count; i++)
        {
            var expected = cases[i].GetProperty(field).EnumerateArray().Select(value => value.GetSingle()).ToArray();
            var logits = (await answers[i]).Logits;
            logits.Length.ShouldBe(expected.Length);
            for (var label = 0; label < expected.Length; label++)
            {
                ((double)logits[label]).ShouldBe(expected[label], tolerance, $"line {i + 1}, label {label}");
            }
        }
    }
}
