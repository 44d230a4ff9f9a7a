using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using KubeSentiment.Tests.Inference;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Many callers at both doors who ask for the same few texts at the same time, some of whom give up.</summary>
public sealed class SentimentPipelineSoakTests
{
    private const int CallersOfADoor = 8;
    private const int CallsEach = 150;

    /// <summary>More than memory holds, so that texts are computed again and again, and waited for.</summary>
    private static readonly string[] Texts = [.. Enumerable.Range(0, 40).Select(n => string.Concat(Enumerable.Repeat($"text {n} ", 1 + (n % 9))))];

    [Fact]
    public async Task Predict_ManyCallersAtBothDoors_EachTextItsOwnAnswerAndEveryPlaceBack()
    {
        await using var service = TestService.With(
            ("Inference:OnnxModelPath", Models.Tiny("tiny-distilbert-cased")),
            ("Caching:MaxEntries", "16"),
            ("Load:MaxConcurrentRequests", "8"),
            ("Load:MaxQueueSize", "12"));
        var pipeline = service.Services.GetRequiredService<SentimentPipeline>();
        var patient = service.Services.GetRequiredService<PatientPipeline>();
        var expected = (await patient.PredictAsync(Texts, nameOf: null, TestContext.Current.CancellationToken)).Select(ScoreOf).ToArray();
        int answered = 0, cancelled = 0, refused = 0, wrong = 0, asked = 0;

        await Task.WhenAll(Enumerable.Range(0, 2 * CallersOfADoor).Select(seed => Task.Run(() => CallAsync(new Random(seed), isPatient: seed % 2 == 1))));

        // Integrity: each text came to one end, with the answer that it gets alone, and nothing is held any more.
        wrong.ShouldBe(0);
        (answered + cancelled + refused).ShouldBe(asked);
        answered.ShouldBeGreaterThan(0);
        var gate = service.Services.GetRequiredService<AdmissionController>();
        SpinWait.SpinUntil(() => service.Services.GetRequiredService<SentimentModel>().Pressure == 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        (gate.Active, gate.Queued, gate.QueuedInBackground).ShouldBe((0, 0, 0));

        async Task CallAsync(Random random, bool isPatient)
        {
            for (var call = 0; call < CallsEach; call++)
            {
                using var caller = new CancellationTokenSource();
                var chosen = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(Texts.Length)).ToArray();
                var texts = Array.ConvertAll(chosen, i => Texts[i]);
                Interlocked.Add(ref asked, texts.Length);
                var prediction = isPatient ? patient.PredictAsync(texts, nameOf: null, caller.Token) : pipeline.PredictAsync(texts, caller.Token);
                if (random.Next(6) == 0)
                {
                    await caller.CancelAsync();
                }

                try
                {
                    Count(chosen, await prediction, isPatient);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Add(ref cancelled, texts.Length);
                }
            }
        }

        void Count(int[] chosen, PredictionOutcome[] outcomes, bool isPatient)
        {
            for (var i = 0; i < chosen.Length; i++)
            {
                if (outcomes[i] is PredictionOutcome.Refused && !isPatient)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }

                Interlocked.Increment(ref answered);
                if (outcomes[i] is not PredictionOutcome.Predicted || Math.Abs(ScoreOf(outcomes[i]) - expected[chosen[i]]) > 1e-3)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        }
    }

    /// <summary>Of one label: the top label may be the other where both are nearly tied.</summary>
    private static float ScoreOf(PredictionOutcome outcome) => outcome.ShouldBeOfType<PredictionOutcome.Predicted>().Prediction.Scores["POSITIVE"];
}
