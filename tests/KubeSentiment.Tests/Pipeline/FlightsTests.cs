using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Who waits for whose text.</summary>
public sealed class FlightsTests
{
    /// <summary>Long enough that it is not computed before the second caller asks for it.</summary>
    private static readonly string Text = string.Join(' ', Enumerable.Repeat("long", 500));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_HttpAsksForATextOfTheBackground_DoesNotWaitWithIt()
    {
        await using var service = TestService.With(("Cascade:Enabled", "false"), ("Inference:Workers", "1"));
        var flights = service.Services.GetRequiredService<Flights>();
        var model = service.Services.GetRequiredService<SentimentModel>();
        PipelineCall http = new(CacheType.Prediction, [Text]);
        var background = http with { Door = AdmissionDoor.Background };

        // 1. The only worker is busy for HTTP, so that the background waits.
        var busy = flights.Predict(http, [.. Enumerable.Range(0, 3).Select(n => MissOf(model, $"{n} {Text}"))], Cancellation);
        var patient = flights.Predict(background, [MissOf(model, Text)], Cancellation)[0];

        // 2. Whoever asks for the same text by HTTP has a flight of his own.
        var own = flights.Predict(http, [MissOf(model, Text)], Cancellation)[0];

        (await own).ShouldNotBeSameAs(await patient);
        (await own).Answer!.Values.ShouldBe((await patient).Answer!.Values);
        await Task.WhenAll(busy);
    }

    [Fact]
    public async Task Predict_ModelTakesNothingAnyMore_LeavesNobodyWaiting()
    {
        await using var service = TestService.With(("Inference:Workers", "1"));
        var flights = service.Services.GetRequiredService<Flights>();
        var model = service.Services.GetRequiredService<SentimentModel>();
        PipelineCall http = new(CacheType.Prediction, [Text]);
        var miss = MissOf(model, Text);
        model.Dispose();

        Should.Throw<ObjectDisposedException>(() => flights.Predict(http, [miss], Cancellation));

        // Whoever comes for the same text leads a flight of its own, and does not board one that nobody ends.
        Should.Throw<ObjectDisposedException>(() => flights.Predict(http, [miss], Cancellation));
    }

    private static Miss MissOf(SentimentModel model, string text)
    {
        var tokens = model.Tokenize(text);
        return new Miss(0, text, tokens, CacheKey.OfTokens(model.Fingerprint, tokens.Ids));
    }
}
