using KubeSentiment.Anomalies;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>The door that waits where others are refused.</summary>
public sealed class PatientPipelineTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_GateFull_WaitsForItsTurn()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "0"));
        var gate = service.Services.GetRequiredService<AdmissionController>();
        var admission = await gate.TryEnterAsync(1, Cancellation);

        var prediction = Patient(service).PredictAsync(["good"], nameOf: null, Cancellation);
        gate.QueuedInBackground.ShouldBe(1);
        prediction.IsCompleted.ShouldBeFalse();
        admission.Dispose();

        (await prediction).ShouldHaveSingleItem().ShouldBeOfType<PredictionOutcome.Predicted>();
    }

    /// <summary>What is known needs no place at the gate, however full it is.</summary>
    [Fact]
    public async Task Predict_GateFullButAllRemembered_AnswersAtOnce()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "0"));
        await Patient(service).PredictAsync(["good", "bad"], nameOf: null, Cancellation);
        using var admission = await service.Services.GetRequiredService<AdmissionController>().TryEnterAsync(1, Cancellation);

        var outcomes = await Patient(service).PredictAsync(["bad", "", "good"], nameOf: null, Cancellation);

        outcomes.Select(outcome => (outcome as PredictionOutcome.Predicted)?.Prediction.Origin.Source).ShouldBe([AnswerSource.L1, null, AnswerSource.L1]);
    }

    [Fact]
    public async Task Predict_ModelBroken_WaitsUntilItIsMended()
    {
        await using var service = TestService.With(("Resilience:FailureThreshold", "1"));
        var breaker = service.Services.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Model);
        breaker.TryEnter(out var call).ShouldBeTrue();
        call.Failed();

        var prediction = Patient(service).PredictAsync(["never seen before", ""], nameOf: null, Cancellation);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        prediction.IsCompleted.ShouldBeFalse();
        service.Services.GetRequiredService<AdmissionController>().Active.ShouldBe(0);
        breaker.Reset();
        while (!prediction.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        var outcomes = await prediction;
        outcomes[0].ShouldBeOfType<PredictionOutcome.Predicted>();
        outcomes[1].ShouldBeOfType<PredictionOutcome.Rejected>();
    }

    /// <summary>The model's threads take in the answers; what the caller does next is not for them to do.</summary>
    [Fact]
    public async Task Predict_ModelAnswers_CallerGoesOnAtThePool()
    {
        await using var service = TestService.With();
        var thread = await Threads.AfterAsync(Patient(service).PredictAsync([string.Join(' ', Enumerable.Repeat("long", 500))], nameOf: null, Cancellation));

        thread.IsOfPool.ShouldBeTrue();
    }

    [Fact]
    public async Task Predict_CallerGivesUp_Ends()
    {
        await using var service = TestService.With(("Resilience:FailureThreshold", "1"));
        service.Services.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Model).TryEnter(out var call);
        call.Failed();
        using var gone = new CancellationTokenSource();

        var prediction = Patient(service).PredictAsync(["never seen before"], nameOf: null, gone.Token);
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(prediction);
    }

    [Fact]
    public async Task Predict_MoreTextsThanTheGateHolds_AnswersAllInOrder()
    {
        await using var service = TestService.With(("Load:MaxConcurrentRequests", "8"));
        var texts = Enumerable.Range(0, 50).Select(number => number % 7 == 0 ? "" : $"text number {number}").ToList();

        var outcomes = await Patient(service).PredictAsync(texts, nameOf: null, Cancellation);

        outcomes.Select(outcome => outcome is PredictionOutcome.Rejected).ShouldBe(texts.Select(text => text.Length == 0));
        var alone = await Patient(service).PredictAsync([texts[43]], nameOf: null, Cancellation);
        alone[0].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Score.ShouldBe(outcomes[43].ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Score);
    }

    [Fact]
    public async Task Predict_OddTextsWithNames_AreKeptUnderTheirNames()
    {
        await using var service = new TestService();
        // More than enter at once, so that names must follow their texts into the parts.
        string[] texts = [.. Enumerable.Range(0, 120).Select(n => n is 3 or 117 ? $"xqzv wkjh {n} bnmq zxcv qwrt plkj" : $"text number {n} is fine")];
        string[] names = [.. Enumerable.Range(0, 120).Select(n => $"topic/0/{n}")];

        await Patient(service).PredictAsync(texts, index => names[index], Cancellation);

        var kept = service.Services.GetRequiredService<AnomalyBuffer>().GetRecent(200, 0, AnomalyType.OutOfVocabulary);
        kept.Select(entry => entry.Source).Order().ShouldBe(["topic/0/117", "topic/0/3"]);
    }

    [Fact]
    public void Parts_MixedLengths_LikeLengthsTogether() =>
        PatientPipeline.Parts(Enumerable.Range(0, 5).Select(index => MissOf(index, tokens: new[] { 9, 1, 15, 0, 1 }[index])), 2)
            .Select(part => part.ConvertAll(miss => miss.Index)).ShouldBe([[3, 1], [4, 0], [2]]);

    private static Miss MissOf(int index, int tokens) => new(index, "", new TokenizedText(new int[tokens], Truncated: false), default);

    private PatientPipeline Patient(TestService service) => new(service.Services.GetRequiredService<SentimentPipeline>(), _time, new Random(1));
}
