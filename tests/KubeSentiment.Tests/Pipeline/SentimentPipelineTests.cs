using KubeSentiment.Anomalies;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>The main path, with the real rooms behind it.</summary>
public sealed class SentimentPipelineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_SameTextAgain_IsRememberedAndEqual()
    {
        await using var service = new TestService();
        var pipeline = Pipeline(service);

        var first = Predicted(await pipeline.PredictAsync(["a rather good film"], Cancellation));
        var second = Predicted(await pipeline.PredictAsync(["a rather good film"], Cancellation));

        first.Origin.Source.ShouldBe(AnswerSource.Model);
        second.Origin.Source.ShouldBe(AnswerSource.L1);
        second.Scores.ShouldBe(first.Scores);
        second.Origin.Tokens.ShouldBe(first.Origin.Tokens);
    }

    [Fact]
    public async Task Predict_SameTextFromManyCallers_IsComputedOnce()
    {
        await using var service = new TestService();
        var pipeline = Pipeline(service);
        // Alike to the model, different to memory: only the flight can keep them from being computed one by one.
        var texts = Enumerable.Range(1, 40).Select(n => "same" + new string(' ', n) + "words").ToList();

        var answers = await Task.WhenAll(texts.Select(text => Task.Run(() => pipeline.PredictAsync([text], Cancellation), Cancellation)));

        answers.Select(answer => Predicted(answer).Score).Distinct().ShouldHaveSingleItem();
        service.Services.GetRequiredService<KubeSentiment.Caching.SentimentCache>().GetStatistics().Levels[0].Sets.ShouldBeLessThan(texts.Count);
    }

    [Fact]
    public async Task Predict_OneTextTwiceInACall_AnswersBoth()
    {
        await using var service = new TestService();

        var outcomes = await Pipeline(service).PredictAsync(["twin", "twin", ""], Cancellation);

        outcomes[1].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Score.ShouldBe(Predicted(outcomes).Score);
        outcomes[2].ShouldBeOfType<PredictionOutcome.Rejected>();
    }

    [Fact]
    public async Task Predict_FirstCallerGoesAway_OthersAreAnswered()
    {
        await using var service = new TestService();
        var pipeline = Pipeline(service);
        using var gone = new CancellationTokenSource();

        var first = pipeline.PredictAsync(["shared by two"], gone.Token);
        var second = pipeline.PredictAsync(["shared by two"], Cancellation);
        await gone.CancelAsync();

        Predicted(await second).Label.ShouldNotBeNullOrEmpty();
        await Task.WhenAny(first);
    }

    [Fact]
    public async Task Predict_GateAndLineFull_IsRefusedAndLeavesNoTrace()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "0"));
        var gate = service.Services.GetRequiredService<AdmissionController>();
        var pipeline = Pipeline(service);

        using (await gate.TryEnterAsync(1, Cancellation))
        {
            var refused = (await pipeline.PredictAsync(["good"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Refused>();
            refused.Reason.ShouldBe(RefusalReason.QueueFull);
            refused.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        }

        (await pipeline.PredictAsync(["good"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Predicted>();
        gate.Active.ShouldBe(0);
    }

    /// <summary>A remembered answer takes less than a refusal.</summary>
    [Fact]
    public async Task Predict_GateAndLineFullButRemembered_IsAnswered()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "0"));
        var pipeline = Pipeline(service);
        await pipeline.PredictAsync(["good"], Cancellation);

        using (await service.Services.GetRequiredService<AdmissionController>().TryEnterAsync(1, Cancellation))
        {
            var answers = await pipeline.PredictAsync(["good", "", "good"], Cancellation);
            answers[0].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Origin.Source.ShouldBe(AnswerSource.L1);
            answers[1].ShouldBeOfType<PredictionOutcome.Rejected>();
            answers[2].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Origin.Source.ShouldBe(AnswerSource.L1);

            // One text that is not known: the call is refused as a whole, and can come again as it is.
            answers = await pipeline.PredictAsync(["good", "", "new"], Cancellation);
            answers[0].ShouldBeOfType<PredictionOutcome.Refused>();
            answers[1].ShouldBeOfType<PredictionOutcome.Rejected>();
            answers[2].ShouldBeOfType<PredictionOutcome.Refused>();
        }
    }

    [Fact]
    public async Task Predict_ModelFailsInARow_OpensItsBreakerAndResetClosesIt()
    {
        using var model = new BreakableModel();
        await using var service = TestService.With(("Inference:OnnxModelPath", model.Folder), ("Resilience:FailureThreshold", "3"));
        var breaker = service.Services.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Model);
        var pipeline = Pipeline(service);
        (await pipeline.PredictAsync(["remembered"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Predicted>();

        for (var failures = 0; failures < 3; failures++)
        {
            (await pipeline.PredictAsync([BreakableModel.Word], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Failed>();
        }

        breaker.State.ShouldBe(CircuitState.Open);
        (await pipeline.PredictAsync(["good"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Refused>().Reason.ShouldBe(RefusalReason.ModelBroken);
        // What is remembered needs no model.
        (await pipeline.PredictAsync(["remembered"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Predicted>();

        breaker.Reset();
        (await pipeline.PredictAsync(["good"], Cancellation))[0].ShouldBeOfType<PredictionOutcome.Predicted>();
    }

    [Fact]
    public async Task Predict_OddText_SaysSoAndKeepsIt()
    {
        await using var service = new TestService();
        var buffer = service.Services.GetRequiredService<AnomalyBuffer>();

        var outcomes = await Pipeline(service).PredictAsync(["a rather good film", "", "\U0001F600"], TextNames.OfRequest("call"), Cancellation);

        Predicted(outcomes).Anomalies.ShouldBeEmpty();
        var odd = outcomes[2].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction;
        odd.Anomalies.ShouldContain(anomaly => anomaly.Type == AnomalyType.OutOfVocabulary);
        var kept = buffer.GetRecent(10).ShouldHaveSingleItem();
        (kept.Id, kept.Text, kept.Label, kept.Score, kept.Source).ShouldBe((odd.Id, "\U0001F600", odd.Label, odd.Score, "call/2"));
        kept.Anomalies.ShouldBe(odd.Anomalies);
    }

    [Fact]
    public async Task Predict_OddTextReplayed_IsAnsweredAlikeAndKeptOnce()
    {
        await using var service = new TestService();
        var buffer = service.Services.GetRequiredService<AnomalyBuffer>();
        var pipeline = Pipeline(service);
        var message = TextNames.Of(["reviews/3/4711"]);

        var first = Predicted(await pipeline.PredictAsync(["qxzvk wpqjh"], message, Cancellation));
        var replayed = Predicted(await pipeline.PredictAsync(["qxzvk wpqjh"], message, Cancellation));
        await pipeline.PredictAsync(["qxzvk zzkfd"], message, Cancellation);

        replayed.Origin.Source.ShouldBe(AnswerSource.L1);
        replayed.Anomalies.ShouldBe(first.Anomalies);
        // One name for two texts is two findings; one text twice is one.
        buffer.GetRecent(10).Select(entry => (entry.Text, entry.Source)).ShouldBe([("qxzvk zzkfd", "reviews/3/4711"), ("qxzvk wpqjh", "reviews/3/4711")]);

        // What was forgotten is found again, though the model is not asked any more.
        buffer.Clear();
        Predicted(await pipeline.PredictAsync(["qxzvk wpqjh"], Cancellation)).Origin.Source.ShouldBe(AnswerSource.L1);
        buffer.GetRecent(10).ShouldHaveSingleItem().Source.ShouldBeNull();
    }

    [Fact]
    public async Task Predict_InspectionOff_FindsAndKeepsNothing()
    {
        await using var service = TestService.With(("Anomalies:Enabled", "false"));

        Predicted(await Pipeline(service).PredictAsync(["qxzvk wpqjh"], Cancellation)).Anomalies.ShouldBeEmpty();

        service.Services.GetRequiredService<AnomalyBuffer>().Count.ShouldBe(0);
    }

    [Fact]
    public async Task Warm_OddText_IsNotInspected()
    {
        await using var service = new TestService();
        var pipeline = Pipeline(service);

        await pipeline.WarmAsync(["qxzvk wpqjh"], Cancellation);
        service.Services.GetRequiredService<AnomalyBuffer>().Count.ShouldBe(0);

        // Whoever asks for it does have it inspected.
        Predicted(await pipeline.PredictAsync(["qxzvk wpqjh"], Cancellation)).Anomalies.ShouldNotBeEmpty();
    }

    private static SentimentPipeline Pipeline(TestService service) => service.Services.GetRequiredService<SentimentPipeline>();

    private static Prediction Predicted(PredictionOutcome[] outcomes) => outcomes[0].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction;
}
