using System.Diagnostics.Metrics;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using KubeSentiment.Tests.Inference;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Every text is counted once, whoever finished it.</summary>
public sealed class PipelineMetricsTests : IDisposable
{
    private static readonly PredictionOutcome[] All =
    [
        Predicted("GOOD", AnswerSource.L1),
        Predicted("GOOD", AnswerSource.Model),
        Predicted("BAD", AnswerSource.L1),
        new PredictionOutcome.Rejected(TextFault.Empty),
        new PredictionOutcome.Failed(new InvalidOperationException()),
    ];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _meters;
    private readonly PipelineMetrics _metrics;

    public PipelineMetricsTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _metrics = new PipelineMetrics(_meters);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Finished_Nothing_HasNoSeries()
    {
        Read(MetricNames.Texts).ShouldBeEmpty();
        Read(MetricNames.Predictions).ShouldBeEmpty();
    }

    [Fact]
    public void Finished_OfEachKind_CountsByOutcomeLabelAndSource()
    {
        _metrics.Finished(All);

        Read(MetricNames.Texts).ShouldBe(
            new Dictionary<string, long> { ["outcome=predicted"] = 3, ["outcome=rejected"] = 1, ["outcome=failed"] = 1 }, ignoreOrder: true);
        Read(MetricNames.Predictions).ShouldBe(
            new Dictionary<string, long> { ["label=GOOD source=l1"] = 1, ["label=GOOD source=model"] = 1, ["label=BAD source=l1"] = 1 }, ignoreOrder: true);
    }

    /// <summary>A soak: many threads count at once, and no count is lost.</summary>
    [Fact]
    public void Finished_ByManyThreads_LosesNone()
    {
        const int threads = 8;
        const int each = 20_000;

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            for (var i = 0; i < each; i++)
            {
                _metrics.Finished(All);
            }
        });

        Read(MetricNames.Texts).Values.Sum().ShouldBe((long)threads * each * All.Length);
        Read(MetricNames.Predictions).Values.ShouldAllBe(count => count == threads * each);
    }

    [Fact]
    public async Task ExtractFeatures_TheModelHasNone_CountsThemAsUnsupported()
    {
        await using var service = TestService.With(("Inference:OnnxModelPath", Models.Tiny("tiny-distilbert-cased")));

        await service.Services.GetRequiredService<SentimentPipeline>().ExtractFeaturesAsync(["good", " "], TestContext.Current.CancellationToken);

        Read(MetricNames.Texts, service.Services.GetRequiredService<IMeterFactory>()).ShouldBe(
            new Dictionary<string, long> { ["outcome=unsupported"] = 1, ["outcome=rejected"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Predict_WhileTheServiceStarts_CountsThemAsRefused()
    {
        // Without the warm-up nothing ever says that the model is ready.
        await using var starting = new TestService
        {
            Replace = services => services.Remove(services.Single(service => service.ImplementationType == typeof(WarmUpService))),
        };

        await starting.Services.GetRequiredService<SentimentPipeline>().PredictAsync(["good", "bad", ""], TestContext.Current.CancellationToken);

        Read(MetricNames.Texts, starting.Services.GetRequiredService<IMeterFactory>()).ShouldBe(
            new Dictionary<string, long> { ["outcome=refused"] = 2, ["outcome=rejected"] = 1 }, ignoreOrder: true);
    }

    private static PredictionOutcome.Predicted Predicted(string label, AnswerSource source) =>
        new(new Prediction(label, 1, new ScoresByLabel([label], [1]), new AnswerOrigin(source, 3, false, default, default)));

    private Dictionary<string, long> Read(string counter, IMeterFactory? meters = null)
    {
        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            // Meters are the process' own: those of other tests have the same name.
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == counter && instrument.Meter.Scope == (meters ?? _meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            measured.Add(string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")), count));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
