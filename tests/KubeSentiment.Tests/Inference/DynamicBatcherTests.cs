using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Tests.Inference.Graphs;

namespace KubeSentiment.Tests.Inference;

/// <summary>The batcher over real graphs.</summary>
public class DynamicBatcherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_SameTextAloneAndInBatches_SameAnswer()
    {
        using var model = Models.Load(Models.BuiltIn);
        var texts = Enumerable.Range(1, 60).Select(n => model.Tokenize(string.Join(' ', Enumerable.Repeat("the film was not bad at all", n % 7 + 1)) + " " + n)).ToList();

        var alone = new List<float[]>();
        foreach (var text in texts)
        {
            alone.Add((await model.TryInfer([text], false, Cancellation)![0]).Logits);
        }

        var together = await Task.WhenAll(model.TryInfer(texts, false, Cancellation)!);

        for (var i = 0; i < texts.Count; i++)
        {
            for (var label = 0; label < 3; label++)
            {
                together[i].Logits[label].ShouldBe(alone[i][label], 1e-4f);
            }
        }
    }

    [Fact]
    public async Task Infer_OneTextBreaksTheRun_OnlyItFails()
    {
        using var model = Models.Load(Models.BuiltIn);
        var sound = model.Tokenize("good");
        // No row of the embedding table has this id: the graph fails on it.
        var broken = new TokenizedText([.. sound.Ids[..^1], 1_000_000], Truncated: false);

        var answers = model.TryInfer([sound, broken, sound], false, Cancellation)!;

        (await answers[0]).Logits.ShouldBe((await answers[2]).Logits);
        await Should.ThrowAsync<Exception>(answers[1]);
        (await model.TryInfer([sound], false, Cancellation)![0]).Logits.ShouldBe((await answers[0]).Logits);
    }

    /// <summary>A text whose answer overflows: JSON has no word for it, and all answers beside it were lost when they were written.</summary>
    [Fact]
    public async Task Infer_OneTextHasNoFiniteAnswer_OnlyItFails()
    {
        using var folder = new GraphFolder(new GraphFile()
            .Weight("table", [.. Enumerable.Repeat(0.5f, 15 * 4), .. Enumerable.Repeat(float.NaN, 4)], 16, 4)
            .Node("Gather", ["table", "input_ids"], "hidden")
            .Classify("hidden")
            .Bytes());
        using var model = Models.Load(folder.Path);
        var (sound, overflowing) = (new TokenizedText([1, 2], Truncated: false), new TokenizedText([15, 2], Truncated: false));

        var answers = model.TryInfer([sound, overflowing, sound], false, Cancellation)!;

        (await answers[0]).Logits.ShouldBe((await answers[2]).Logits);
        (await Should.ThrowAsync<ModelFolderException>(answers[1])).Message.ShouldEndWith("answers a text with values that are no finite numbers.");
    }

    /// <summary>The caller disposes of the model where it goes on: a worker that waited for itself to end would wait forever.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Infer_AnswerOnWorker_OnlyThenTheCallerGoesOnAtTheWorker(bool answerOnWorker)
    {
        using var model = Models.Load(Models.BuiltIn, new InferenceOptions { Workers = 1 });
        // Keeps the worker busy until the caller waits.
        var before = model.TryInfer([.. Enumerable.Repeat(model.Tokenize(string.Join(' ', Enumerable.Repeat("long", 500))), 8)], false, Cancellation)!;

        var answer = model.TryInfer([new InferenceRequest(model.Tokenize("good"), Cancellation, answerOnWorker)], wantsEmbedding: false)![0];
        var thread = await Threads.AfterAsync(answer);

        (thread.Name?.StartsWith("inference-", StringComparison.Ordinal) ?? false).ShouldBe(answerOnWorker);
        await Task.WhenAll(before);
    }

    [Fact]
    public async Task Infer_EmbeddingAskedByOne_OnlyItGetsOne()
    {
        using var model = Models.Load(Models.BuiltIn);
        var text = model.Tokenize("good");

        var with = model.TryInfer([text], true, Cancellation)!;
        var without = model.TryInfer([text], false, Cancellation)!;

        (await with[0]).Embedding!.Length.ShouldBe(384);
        (await without[0]).Embedding.ShouldBeNull();
    }

    [Fact]
    public void TryInfer_QueueFull_RefusesAllAndLeavesNoRegistration()
    {
        using var model = Models.Load(Models.Tiny("tiny-distilbert-cased"), new InferenceOptions { QueueSize = 2 });
        using var cancellation = new CancellationTokenSource();
        var text = model.Tokenize("good");

        model.TryInfer([text, text, text], false, cancellation.Token).ShouldBeNull();

        // A registration left behind would complete a refused text a second time.
        Should.NotThrow(cancellation.Cancel);
    }

    [Fact]
    public async Task Dispose_TextsWaiting_AreAnsweredFirst()
    {
        var model = Models.Load(Models.BuiltIn);
        var answers = model.TryInfer([.. Enumerable.Range(0, 200).Select(n => model.Tokenize($"text number {n}"))], false, Cancellation)!;

        model.Dispose();

        (await Task.WhenAll(answers)).Length.ShouldBe(200);
    }

    [Fact]
    public async Task Infer_ManyCallersAtOnce_EachGetsItsOwnAnswer()
    {
        using var model = Models.Load(Models.Tiny("tiny-distilbert-cased"));
        var texts = Enumerable.Range(0, 50).Select(n => model.Tokenize(string.Join(' ', Enumerable.Repeat("word", n % 20 + 1)) + n)).ToList();
        var expected = new float[texts.Count][];
        for (var i = 0; i < texts.Count; i++)
        {
            expected[i] = (await model.TryInfer([texts[i]], false, Cancellation)![0]).Logits;
        }

        var wrong = 0;
        await Parallel.ForAsync(0, 8, Cancellation, async (seed, _) =>
        {
            var random = new Random(seed);
            for (var round = 0; round < 500; round++)
            {
                var i = random.Next(texts.Count);
                var logits = (await model.TryInfer([texts[i]], false, Cancellation)![0]).Logits;
                if (Math.Abs(logits[0] - expected[i][0]) > 1e-4)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });

        wrong.ShouldBe(0);
    }
}
