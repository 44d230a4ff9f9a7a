using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>The stage that answers, through the main path: in answers, in the cache, and under pressure.</summary>
public sealed class TwoSpeedsTests
{
    private const string Sure = "I love this film";
    private const string Doubtful = "a rather good film, though the second half drags and the end is silly";

    private static readonly (string, string)[] OneAtATime = [("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "3")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_SureAndDoubtful_SayWhoSpokeNowAndFromTheCache()
    {
        await using var service = TestService.With(("Cascade:Threshold", "0.95"));
        var pipeline = service.Services.GetRequiredService<SentimentPipeline>();

        var computed = await pipeline.PredictAsync([Sure, Doubtful], Cancellation);
        var remembered = await pipeline.PredictAsync([Sure, Doubtful], Cancellation);

        computed.Select(Stage).ShouldBe([AnswerStage.Fast, AnswerStage.Full]);
        remembered.Select(Stage).ShouldBe([AnswerStage.Fast, AnswerStage.Full]);
        remembered.ShouldAllBe(outcome => Origin(outcome).Source == AnswerSource.L1);
    }

    [Fact]
    public async Task Predict_SwitchedOff_IsTheFullModels()
    {
        await using var service = TestService.With(("Cascade:Enabled", "false"));

        Stage((await service.Services.GetRequiredService<SentimentPipeline>().PredictAsync([Sure], Cancellation))[0]).ShouldBe(AnswerStage.Full);
        (await service.GetAsync("/api/v1/model-info")).ShouldBeOk().TryGetProperty("cascade", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Flights_UnderPressure_AnswerHttpSoonerAndTheBackgroundAsEver()
    {
        await using var service = TestService.With([.. OneAtATime, ("Cascade:Threshold", "1"), ("Cascade:Floor", "0.5")]);
        var gate = service.Services.GetRequiredService<AdmissionController>();
        var flights = service.Services.GetRequiredService<Flights>();
        var cache = service.Services.GetRequiredService<SentimentCache>();
        var miss = MissOf(service.Services.GetRequiredService<SentimentModel>(), Sure);
        PipelineCall http = new(CacheType.Prediction, [Sure]);
        var background = http with { Door = AdmissionDoor.Background };

        using (await gate.TryEnterAsync(1, Cancellation))
        {
            using var gone = new CancellationTokenSource();
            var line = Enumerable.Range(0, 3).Select(_ => gate.TryEnterAsync(1, gone.Token).AsTask()).ToList();
            gate.Pressure.ShouldBe(1);

            // Together: they do not share a flight.
            var pressed = flights.Predict(http, [miss], Cancellation)[0];
            var patient = flights.Predict(background, [miss], Cancellation)[0];
            (await pressed).ShouldSatisfyAllConditions(computed => computed.BrownOut.ShouldBeTrue(), computed => computed.Answer!.IsFast.ShouldBeTrue());
            (await patient).ShouldSatisfyAllConditions(computed => computed.BrownOut.ShouldBeFalse(), computed => computed.Answer!.IsFast.ShouldBeFalse());

            // What the background was told is remembered.
            cache.TryPeekLocal(CacheType.Prediction, Sure, out var remembered).ShouldBeTrue();
            remembered.IsFast.ShouldBeFalse();
            await gone.CancelAsync();
            await Task.WhenAny(Task.WhenAll(line));
        }
    }

    [Fact]
    public async Task Predict_UnderPressure_SaysSoAndIsForgotten()
    {
        await using var service = TestService.With([.. OneAtATime, ("Cascade:Threshold", "1"), ("Cascade:Floor", "0")]);
        var gate = service.Services.GetRequiredService<AdmissionController>();
        var body = $$"""{"text":"{{Sure}}"}""";
        var hold = await gate.TryEnterAsync(1, Cancellation);

        // 1. It waits, two more behind it, and is let in while they still wait.
        var waiting = service.PostAsync("/api/v1/predict", body);
        SpinWait.SpinUntil(() => gate.Queued == 1, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        using var gone = new CancellationTokenSource();
        var behind = Enumerable.Range(0, 2).Select(_ => gate.TryEnterAsync(1, gone.Token).AsTask()).ToList();
        hold.Dispose();
        var pressed = (await waiting).ShouldBeOk();

        pressed.GetProperty("stage").GetString().ShouldBe("fast");
        pressed.GetProperty("brownout").GetBoolean().ShouldBeTrue();
        (await service.GetAsync("/metrics")).Text.ShouldContain("sentiment_brownout_texts_total{} 1");

        // 2. In calm the full model reads it, and that is remembered.
        (await behind[0]).Dispose();
        (await behind[1]).Dispose();
        var calm = (await service.PostAsync("/api/v1/predict", body)).ShouldBeOk();
        calm.GetProperty("stage").GetString().ShouldBe("full");
        calm.GetProperty("cached").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.False);
        calm.TryGetProperty("brownout", out _).ShouldBeFalse();
        (await service.PostAsync("/api/v1/predict", body)).ShouldBeOk().GetProperty("cached").GetString().ShouldBe("l1");
    }

    private static Miss MissOf(SentimentModel model, string text)
    {
        var tokens = model.Tokenize(text);
        return new Miss(0, text, tokens, CacheKey.OfTokens(model.Fingerprint, tokens.Ids));
    }

    private static AnswerOrigin Origin(PredictionOutcome outcome) => outcome.ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Origin;

    private static AnswerStage Stage(PredictionOutcome outcome) => Origin(outcome).Stage;
}
