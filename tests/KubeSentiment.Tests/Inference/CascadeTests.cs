using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Who answers what, over the built-in graphs.</summary>
public sealed class CascadeTests
{
    private static readonly string[] Texts =
    [
        "I love this film", "This is the worst thing I ever bought", "It arrived on Tuesday.", "not bad, not good either", "The battery lasts all day, but the keyboard feels cheap.",
        "Two hours late and cold. Never again.", "ok", "a rather good film, though the second half drags and the end is silly",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_TopScoreAtBelowAndAboveTheThreshold_DecidesWhoAnswers()
    {
        const string text = "a rather good film, though the second half drags and the end is silly";
        var fast = await Infer(new CascadeOptions { Threshold = 0 }, text);
        var full = await Infer(new CascadeOptions { Enabled = false }, text);
        var score = CascadeRule.TopScore(fast.Logits);
        fast.Stage.ShouldBe(AnswerStage.Fast);
        full.Stage.ShouldBe(AnswerStage.Full);

        (await Infer(new CascadeOptions { Threshold = score }, text)).Logits.ShouldBe(fast.Logits);
        (await Infer(new CascadeOptions { Threshold = MathF.BitDecrement(score) }, text)).Logits.ShouldBe(fast.Logits);
        var above = await Infer(new CascadeOptions { Threshold = MathF.BitIncrement(score) }, text);
        above.Stage.ShouldBe(AnswerStage.Full);
        above.Logits.ShouldBe(full.Logits);
    }

    [Fact]
    public async Task Infer_InDoubt_TimesAreThoseOfBothRuns()
    {
        var output = await Infer(new CascadeOptions { Threshold = 1 }, "hm");

        output.Stage.ShouldBe(AnswerStage.Full);
        output.RunTime.ShouldBeGreaterThan(TimeSpan.Zero);
        output.QueueTime.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task Infer_SameTextAloneAndInBatches_SameFastAnswer()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 0 });
        var texts = OfManyLengths(model);
        List<float[]> alone = [];
        foreach (var text in texts)
        {
            alone.Add((await model.TryInfer([text], false, Cancellation)![0]).Logits);
        }

        var together = await Task.WhenAll(model.TryInfer(texts, false, Cancellation)!);

        together.ShouldAllBe(output => output.Stage == AnswerStage.Fast);
        for (var i = 0; i < texts.Count; i++)
        {
            together[i].Logits.Zip(alone[i], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f);
        }
    }

    /// <summary>What a file is scored with: it must not matter which texts were in hand together.</summary>
    [Theory]
    [InlineData(0, AnswerStage.Fast)]
    [InlineData(1, AnswerStage.Full)]
    public async Task Infer_AloneIsSet_BitEqualInAnyCompany(double threshold, AnswerStage stage)
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = threshold }, new InferenceOptions { Alone = true, Workers = 1 });
        var texts = OfManyLengths(model);
        var together = await Task.WhenAll(model.TryInfer(texts, false, Cancellation)!);

        together.ShouldAllBe(output => output.Stage == stage);
        for (var i = 0; i < texts.Count; i++)
        {
            (await model.TryInfer([texts[i]], false, Cancellation)![0]).Logits.ShouldBe(together[i].Logits);
        }
    }

    [Fact]
    public async Task Infer_FullModelAlone_IsBitEqualHoweverItCameToBeAlone()
    {
        using var off = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Enabled = false });
        using var above = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 1.5 });
        using var folder = new ModelWithoutFast();
        using var without = Models.LoadCascade(folder.Path, new CascadeOptions());

        foreach (var text in Texts)
        {
            var expected = (await off.TryInfer([off.Tokenize(text)], false, Cancellation)![0]).Logits;
            foreach (var model in new[] { above, without })
            {
                var output = await model.TryInfer([model.Tokenize(text)], false, Cancellation)![0];
                output.Stage.ShouldBe(AnswerStage.Full);
                output.Logits.ShouldBe(expected);
            }
        }

        // The version is that of the same answers.
        new[] { above.Fingerprint, without.Fingerprint }.ShouldAllBe(version => version == off.Fingerprint);
    }

    [Fact]
    public async Task Infer_OverTheTokenLimit_GoesStraightToTheFullModel()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 0, MaxTokens = 8 });
        TokenizedText[] texts = [model.Tokenize("good"), model.Tokenize("good good good good good good"), model.Tokenize("good good good good good good good")];

        var answers = await Task.WhenAll(model.TryInfer(texts, false, Cancellation)!);

        answers.Select(answer => answer.Stage).ShouldBe([AnswerStage.Fast, AnswerStage.Fast, AnswerStage.Full]);
    }

    [Fact]
    public async Task Infer_Features_AreTheFullModels()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 0 });

        var output = await model.TryInfer([model.Tokenize("good")], true, Cancellation)![0];

        output.Stage.ShouldBe(AnswerStage.Full);
        output.Embedding!.Length.ShouldBe(384);
    }

    [Fact]
    public async Task Infer_UnderPressure_KeepsMoreAndSaysSo()
    {
        const string text = "a rather good film, though the second half drags and the end is silly";
        var score = CascadeRule.TopScore((await Infer(new CascadeOptions { Threshold = 0 }, text)).Logits);
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = MathF.BitIncrement(score), Floor = 0.2 });
        InferenceRequest[] doubtful = [new(model.Tokenize(text), Cancellation)];
        InferenceRequest[] sure = [new(model.Tokenize("I love this film"), Cancellation)];

        var calm = await model.TryInfer(doubtful, false, pressure: 0.5)![0];
        var pressed = await model.TryInfer(doubtful, false, pressure: 1)![0];
        var sureAnyway = await model.TryInfer(sure, false, pressure: 1)![0];

        (calm.Stage, calm.BrownOut).ShouldBe((AnswerStage.Full, false));
        (pressed.Stage, pressed.BrownOut).ShouldBe((AnswerStage.Fast, true));
        (sureAnyway.Stage, sureAnyway.BrownOut).ShouldBe((AnswerStage.Fast, false));
    }

    [Fact]
    public async Task Infer_FastModelFails_FullModelAnswersAndItIsLoggedOnce()
    {
        var time = new FakeTimeProvider();
        var logger = new CountingLogger();
        using var model = await WithFailingFastModel(time, logger);
        using var full = Models.Load(Models.BuiltIn);

        var texts = Texts.Select(text => model.Tokenize(text)).ToList();
        var answers = await Task.WhenAll(model.TryInfer(texts, false, Cancellation)!);

        for (var i = 0; i < texts.Count; i++)
        {
            answers[i].Stage.ShouldBe(AnswerStage.Full);
            var expected = (await full.TryInfer([texts[i]], false, Cancellation)![0]).Logits;
            answers[i].Logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-4f);
        }

        logger.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(1));
        await model.TryInfer([texts[4]], false, Cancellation)![0];
        logger.Count.ShouldBe(2);
        model.Pressure.ShouldBe(0);
    }

    [Fact]
    public async Task Infer_BothModelsFailOnOneText_OnlyItFails()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions());
        var sound = model.Tokenize("I love this film");
        var broken = new TokenizedText([.. sound.Ids[..^1], 1_000_000], Truncated: false);

        var answers = model.TryInfer([sound, broken, sound], false, Cancellation)!;

        (await answers[0]).Stage.ShouldBe(AnswerStage.Fast);
        (await answers[2]).Stage.ShouldBe(AnswerStage.Fast);
        await Should.ThrowAsync<Exception>(answers[1]);
        model.Pressure.ShouldBe(0);
    }

    /// <summary>A text in doubt has its place in the full model's queue from the start: what is refused is refused at the door.</summary>
    [Fact]
    public async Task TryInfer_QueueFull_RefusesAtTheDoorAndLosesNone()
    {
        using var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 1 }, new InferenceOptions { QueueSize = 40, Workers = 1 });
        var text = model.Tokenize(string.Join(' ', Enumerable.Repeat("good", 300)));

        List<Task<InferenceOutput>> taken = [];
        var refused = 0;
        for (var call = 0; call < 60; call++)
        {
            if (model.TryInfer([text, text], false, Cancellation) is { } answers)
            {
                taken.AddRange(answers);
            }
            else
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(0);
        (await Task.WhenAll(taken)).ShouldAllBe(output => output.Stage == AnswerStage.Full);
        model.Pressure.ShouldBe(0);
    }

    [Fact]
    public async Task Dispose_BothQueuesFilled_AnswersAllFirst()
    {
        var model = Models.LoadCascade(Models.BuiltIn, new CascadeOptions { Threshold = 0.9 });
        var texts = Enumerable.Range(0, 400).Select(n => model.Tokenize($"{Texts[n % Texts.Length]} {n}")).ToList();
        var answers = model.TryInfer(texts, false, Cancellation)!;
        // Some of them stand before the full model by now, or will.
        await answers[0];

        model.Dispose();

        var outputs = await Task.WhenAll(answers);
        outputs.Select(output => output.Stage).Distinct().Count().ShouldBe(2);
    }

    private static List<TokenizedText> OfManyLengths(SentimentModel model) =>
        [.. Enumerable.Range(1, 90).Select(n => model.Tokenize(string.Join(' ', Enumerable.Repeat(Texts[n % Texts.Length], n % 11 + 1)) + " " + n))];

    private static async Task<InferenceOutput> Infer(CascadeOptions cascade, string text)
    {
        using var model = Models.LoadCascade(Models.BuiltIn, cascade);
        return await model.TryInfer([model.Tokenize(text)], false, Cancellation)![0];
    }

    /// <summary>A fast model of another vocabulary: it fails on most words and is sure of none.</summary>
    private static async Task<SentimentModel> WithFailingFastModel(TimeProvider time, ILogger<Referral> logger)
    {
        var options = new InferenceOptions { OnnxModelPath = Models.BuiltIn };
        var model = await LoadedModel.LoadAsync(options, new CascadeOptions { Threshold = 1 });
        model.Fast!.Dispose();
        var other = ModelFolder.Open(Models.Tiny("tiny-distilbert-cased"), name: null);
        return new SentimentModel(
            model with { Fast = await OnnxModel.LoadAsync(other.OnnxPath, other, 1) }, options, new BatcherMetrics(Models.Meters()), time, logger);
    }

    /// <summary>The built-in model's folder without its fast graph.</summary>
    private sealed class ModelWithoutFast : IDisposable
    {
        public ModelWithoutFast()
        {
            foreach (var file in Directory.EnumerateFiles(Models.BuiltIn).Where(file => !file.EndsWith("fast.onnx", StringComparison.Ordinal)))
            {
                File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("without-fast-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private sealed class CountingLogger : ILogger<Referral>
    {
        private int _count;

        public int Count => _count;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Interlocked.Increment(ref _count);
    }
}
