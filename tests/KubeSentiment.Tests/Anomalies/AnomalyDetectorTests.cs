using CsCheck;
using KubeSentiment.Anomalies;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>What is odd, how odd, and what is not.</summary>
[Collection(nameof(ByItself))]
public sealed class AnomalyDetectorTests
{
    private static readonly PredictionFacts Ordinary = new("POSITIVE", 0.9f, 0.85f, Length: 60, Tokens: 15, Truncated: false, UnreadableShare: 0.05f);

    [Fact]
    public void Inspect_OrdinaryPrediction_FindsNothing() => Buffers.Detector().Inspect(Ordinary).ShouldBeEmpty();

    [Theory]
    [InlineData("NEGATIVE", 0.99f, 0f)]
    [InlineData("negative", 0.995f, 0.5f)]
    [InlineData("NEGATIVE", 1f, 1f)]
    [InlineData("NEGATIVE", 0.98f, null)]
    [InlineData("POSITIVE", 1f, null)]
    public void Inspect_SureOfANegativeText_IsHighConfidenceNegative(string label, float score, float? oddness) =>
        ShouldBe(Ordinary with { Label = label, Score = score }, AnomalyType.HighConfidenceNegative, oddness);

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(0.025f, 0.75f)]
    [InlineData(0.0999f, 0.001f)]
    [InlineData(0.1f, null)]
    public void Inspect_CloseCall_IsLowConfidence(float margin, float? oddness) =>
        ShouldBe(Ordinary with { Score = 0.4f, Margin = margin }, AnomalyType.LowConfidence, oddness);

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(0.725f, 0.5f)]
    [InlineData(0.45f, 0f)]
    [InlineData(0.44f, null)]
    public void Inspect_UnreadableWords_IsOutOfVocabulary(float share, float? oddness) =>
        ShouldBe(Ordinary with { UnreadableShare = share }, AnomalyType.OutOfVocabulary, oddness);

    [Theory]
    [InlineData(true, 4608, 0.5f)]
    [InlineData(true, 2304, 0f)]
    [InlineData(true, 600, 0f)]
    [InlineData(false, 4608, null)]
    public void Inspect_TextThatWasCut_IsTruncated(bool truncated, int length, float? oddness) =>
        ShouldBe(Ordinary with { Truncated = truncated, Tokens = 512, Length = length }, AnomalyType.Truncated, oddness);

    [Theory]
    [InlineData(60, null)]
    [InlineData(250, null)]
    [InlineData(444, 0f)]
    [InlineData(3_276, 0.5f)]
    [InlineData(1, 0.51f)]
    public void Inspect_LengthAfterManyOfSixty_IsUnusualLength(int length, float? oddness)
    {
        var detector = Buffers.Detector();
        for (var i = 0; i < 10_000; i++)
        {
            detector.Inspect(Ordinary).ShouldBeEmpty();
        }

        var found = detector.Inspect(Ordinary with { Length = length });

        found.Select(anomaly => anomaly.Type).ShouldBe(oddness is null ? [] : [AnomalyType.UnusualLength]);
        found.Select(anomaly => anomaly.Score).ShouldAllBe(score => Math.Abs(score - oddness!.Value) < 0.01);
    }

    [Fact]
    public void Inspect_SeveralAtOnce_FindsAllInOrderAndCountsThem()
    {
        var detector = Buffers.Detector();
        var odd = Ordinary with { Label = "NEGATIVE", Score = 1, Margin = 0, Truncated = true, UnreadableShare = 1 };

        detector.Inspect(odd).Select(anomaly => anomaly.Type).ShouldBe(AnomalyTypes.All.Except([AnomalyType.UnusualLength]));
        detector.Inspect(odd);

        AnomalyTypes.All.Select(detector.Detected).ShouldBe([2, 2, 2, 2, 0]);
    }

    [Fact]
    public void Inspect_TypeNotWanted_IsNotFound()
    {
        var detector = Buffers.Detector(new AnomalyOptions { Types = ["low_confidence"] });

        detector.Inspect(Ordinary with { Label = "NEGATIVE", Score = 1, Margin = 0, Truncated = true, UnreadableShare = 1 })
            .ShouldHaveSingleItem().Type.ShouldBe(AnomalyType.LowConfidence);
    }

    [Fact]
    public void Inspect_LabelsOfAnotherModel_AreTheOptions()
    {
        var detector = Buffers.Detector(new AnomalyOptions { NegativeLabels = ["1 star", "2 stars"], NegativeConfidence = 0.8 });

        detector.Inspect(Ordinary with { Label = "2 Stars" }).ShouldHaveSingleItem().Type.ShouldBe(AnomalyType.HighConfidenceNegative);
        detector.Inspect(Ordinary with { Label = "NEGATIVE" }).ShouldBeEmpty();
    }

    [Fact]
    public void Inspect_AnyThresholds_ScoresAreZeroToOne() => Gen.Select(Gen.Double[0.01, 1], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Int[1, 1_000_000]).Sample(
        (threshold, value, other, length) =>
        {
            var detector = Buffers.Detector(new AnomalyOptions
            {
                NegativeConfidence = threshold,
                LowConfidenceMargin = threshold,
                OutOfVocabularyShare = threshold,
                TruncatedShare = threshold,
            });

            detector.Inspect(new PredictionFacts("NEGATIVE", value, other, length, 512, true, value)).ShouldAllBe(anomaly => anomaly.Score >= 0 && anomaly.Score <= 1);
        });

    [Fact]
    public void Inspect_SamePredictionsInTheSameOrder_FindsTheSame()
    {
        var random = new Random(5);
        var facts = Enumerable.Range(0, 5_000).Select(_ => new PredictionFacts(
            random.Next(2) == 0 ? "NEGATIVE" : "POSITIVE", random.NextSingle(), random.NextSingle(), random.Next(1, 5_000), 512, random.Next(2) == 0, random.NextSingle())).ToList();

        Found().ShouldBe(Found());

        List<Anomaly> Found()
        {
            var detector = Buffers.Detector();
            return [.. facts.SelectMany(fact => detector.Inspect(fact))];
        }
    }

    [Fact]
    public void Inspect_NothingOdd_AllocatesNothing()
    {
        var detector = Buffers.Detector();
        detector.Inspect(Ordinary);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            detector.Inspect(Ordinary);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    /// <summary>A soak: many threads find, and no find is lost.</summary>
    [Fact]
    public void Inspect_ManyThreads_CountsEachFind()
    {
        const int Threads = 8;
        const int Each = 20_000;
        var detector = Buffers.Detector();

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            for (var i = 0; i < Each; i++)
            {
                detector.Inspect(Ordinary with { Score = 0.4f, Margin = 0 });
            }
        });

        detector.Detected(AnomalyType.LowConfidence).ShouldBe(Threads * Each);
        AnomalyTypes.All.Sum(detector.Detected).ShouldBe(Threads * Each);
    }

    private static void ShouldBe(PredictionFacts facts, AnomalyType type, float? oddness)
    {
        var found = Buffers.Detector().Inspect(facts);

        found.Select(anomaly => anomaly.Type).ShouldBe(oddness is null ? [] : [type]);
        found.Select(anomaly => anomaly.Score).ShouldAllBe(score => Math.Abs(score - oddness!.Value) < 1e-3);
    }
}
