using BenchmarkDotNet.Attributes;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Bench.Benchmarks;

/// <summary>The built-in model's tokenizer on texts of three lengths.</summary>
[MemoryDiagnoser]
public class TokenizerBenchmarks
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["sentence"] = "the $ 5 minimum charge to use a credit card is also annoying .",
        ["accents, CJK, emoji"] = "Das Café war großartig – 素晴らしい! 🙂🙂 Unbelievably overpriced, naïve résumé.",
        ["long review"] = string.Concat(Enumerable.Repeat("I expected little, and the staff still managed to disappoint me. ", 60)),
    };

    private ITokenizer _tokenizer = null!;
    private string _text = "";

    [Params("sentence", "accents, CJK, emoji", "long review")]
    public string Text { get; set; } = "";

    // The model travels with the service project, into this program's folder too.
    [GlobalSetup]
    public void Load()
    {
        _tokenizer = TokenizerLoader.Load(Path.Combine(AppContext.BaseDirectory, "models", "sentiment"), "bert", 512);
        _text = Texts[Text];
    }

    [Benchmark]
    public int Tokenize() => _tokenizer.Tokenize(_text).Ids.Length;
}
