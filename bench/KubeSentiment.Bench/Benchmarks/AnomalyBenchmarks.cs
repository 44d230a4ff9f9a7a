using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using KubeSentiment.Anomalies;
using KubeSentiment.Inference.Tokenization;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Bench.Benchmarks;

/// <summary>What inspection costs a prediction: an ordinary one, an odd one, and an odd one whose text is kept already.</summary>
[MemoryDiagnoser]
public class AnomalyBenchmarks
{
    private const string Sentence = "the $ 5 minimum charge to use a credit card is also annoying .";

    private static readonly PredictionFacts Ordinary = new("POSITIVE", 0.9f, 0.85f, Sentence.Length, 17, false, 0);
    private static readonly byte[] Zeros = new byte[8];
    private static readonly Anomaly[] CloseCall = [new(AnomalyType.LowConfidence, 0.5f)];

    private AnomalyDetector _detector = null!;
    private AnomalyBuffer _buffer = null!;
    private ITokenizer _tokenizer = null!;
    private int[] _ids = [];
    private string[] _texts = [];
    private int _next;
    private int _lastId;

    [GlobalSetup]
    public void Fill()
    {
        var metrics = new AnomalyMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var options = new AnomalyOptions();
        _detector = new AnomalyDetector(options, metrics);
        _buffer = new AnomalyBuffer(options, metrics, TimeProvider.System);
        // Twice what fits: each that comes again finds itself pushed out.
        _texts = [.. Enumerable.Range(0, 2 * options.MaxSize).Select(i => $"{i} {Sentence}")];
        Array.ForEach(_texts, text => Add(text));
        _tokenizer = TokenizerLoader.Load(Path.Combine(AppContext.BaseDirectory, "models", "sentiment"), "bert", 512);
        _ids = _tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat(Sentence, 16))).Ids[..128];
        for (var i = 0; i < 2 * LengthStatistics.LeastTexts; i++)
        {
            _detector.Inspect(Ordinary);
        }
    }

    [Benchmark]
    public int InspectOrdinary() => _detector.Inspect(Ordinary).Count;

    [Benchmark]
    public int InspectOdd() => _detector.Inspect(Ordinary with { Margin = 0.05f, Truncated = true }).Count;

    [Benchmark]
    public Guid AddToAFullBuffer() => Add(_texts[_next = (_next + 1) % _texts.Length]);

    [Benchmark]
    public Guid AddAgain() => Add(_texts[^1]);

    [Benchmark]
    public int ReadAHundred() => _buffer.GetRecent(100).Count;

    [Benchmark]
    public float UnreadableShareOf128Tokens() => _tokenizer.Fit.UnreadableShare(_ids);

    // Every prediction has an id, odd or not: making one is no part of this.
    private Guid Add(string text) => _buffer.Add(new OddPrediction(new Guid(_lastId++, 0, 0, Zeros), text, "NEUTRAL", 0.4f, CloseCall));
}
