using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference;

/// <summary>Many callers at both models, some who give up, some turned away: every text has one end, and the right answer.</summary>
public sealed class CascadeSoakTests
{
    private const int Callers = 8;
    private const int CallsEach = 150;
    private const int Capacity = 60;

    [Fact]
    public async Task Cascade_ManyCallersAndBothModels_EachTextItsOwnAnswerAndEveryPlaceBack()
    {
        var rule = new CascadeOptions { Threshold = 0.9, MaxTokens = 24 };
        using var model = Models.LoadCascade(Models.BuiltIn, rule, new InferenceOptions { QueueSize = Capacity, Workers = 2 });
        var texts = Enumerable.Range(0, 60).Select(n => model.Tokenize(Sentence(n))).ToArray();
        var expected = new InferenceOutput[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            expected[i] = await Infer(model, texts[i]);
        }

        expected.Select(output => output.Stage).Distinct().Count().ShouldBe(2);
        int answered = 0, cancelled = 0, refused = 0, wrong = 0, asked = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(seed => Task.Run(() => Call(new Random(seed)))));

        // Integrity: each text came to one end, with the answer that it gets alone, and nothing is left behind.
        wrong.ShouldBe(0);
        (answered + cancelled + refused).ShouldBe(asked);
        answered.ShouldBeGreaterThan(0);
        SpinWait.SpinUntil(() => model.Pressure == 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();

        async Task Call(Random random)
        {
            for (var call = 0; call < CallsEach; call++)
            {
                using var cancellation = new CancellationTokenSource();
                var chosen = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(texts.Length)).ToArray();
                Interlocked.Add(ref asked, chosen.Length);
                if (model.TryInfer(Array.ConvertAll(chosen, i => texts[i]), false, cancellation.Token) is not { } answers)
                {
                    Interlocked.Add(ref refused, chosen.Length);
                    await Task.Yield();
                    continue;
                }

                if (random.Next(6) == 0)
                {
                    await cancellation.CancelAsync();
                }

                for (var i = 0; i < answers.Length; i++)
                {
                    try
                    {
                        var output = await answers[i];
                        Interlocked.Increment(ref answered);
                        if (output.Stage != expected[chosen[i]].Stage || output.Logits.Zip(expected[chosen[i]].Logits, (a, b) => Math.Abs(a - b)).Max() > 1e-3)
                        {
                            Interlocked.Increment(ref wrong);
                        }
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                }
            }
        }
    }

    private static string Sentence(int n) => (n % 4) switch
    {
        0 => $"I love this film number {n}",
        1 => $"what a dreadful, boring waste of {n} hours",
        2 => $"it came on day {n}",
        _ => string.Concat(Enumerable.Repeat($"some like it and {n} do not, ", 1 + (n % 9))),
    };

    private static async Task<InferenceOutput> Infer(SentimentModel model, TokenizedText text) =>
        await model.TryInfer([text], false, TestContext.Current.CancellationToken)![0];
}
