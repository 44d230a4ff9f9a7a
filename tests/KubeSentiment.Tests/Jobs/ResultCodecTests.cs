using KubeSentiment.Anomalies;
using KubeSentiment.Inference;
using KubeSentiment.Jobs;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Jobs;

/// <summary>Results as bytes.</summary>
public sealed class ResultCodecTests
{
    private static readonly string[] Labels = ["NEGATIVE", "NEUTRAL", "POSITIVE"];

    [Fact]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        JobResult[] results =
        [
            Predicted("POSITIVE", [0.001f, 0.002f, 0.997f]),
            new(JobTextEnd.Empty),
            Predicted("NEGATIVE", [float.BitIncrement(0.4f), 0.4f, 0.2f], new Anomaly(AnomalyType.LowConfidence, 0.9f), new Anomaly(AnomalyType.UnusualLength, 0)),
            new(JobTextEnd.TooLong),
            new(JobTextEnd.Failed),
            new(JobTextEnd.NotScored),
        ];

        var (decoded, version) = ResultCodec.Decode(ResultCodec.Encode("abc", Labels, results), results.Length);

        version.ShouldBe("abc");
        decoded.Select(result => (result.End, result.TextLength)).ShouldBe(results.Select(result => (result.End, result.TextLength)));
        foreach (var (before, after) in results.Zip(decoded).Where(pair => pair.First.Prediction is not null))
        {
            var (expected, prediction) = (before.Prediction!, after.Prediction.ShouldNotBeNull());
            (prediction.Label, prediction.Score, prediction.Id, prediction.Origin).ShouldBe((expected.Label, expected.Score, expected.Id, expected.Origin));
            prediction.Scores.ShouldBe(expected.Scores);
            prediction.Anomalies.ShouldBe(expected.Anomalies);
        }
    }

    [Fact]
    public void Encode_ThreeLabels_IsWithinWhatIsSetAsideForAResult()
    {
        JobResult[] results = [.. Enumerable.Repeat(Predicted("NEUTRAL", [0.1f, 0.8f, 0.1f], [.. AnomalyTypes.All.Select(type => new Anomaly(type, 1))]), 100)];

        ResultCodec.Encode("86c35f33120a722a", Labels, results).Length.ShouldBeLessThan(100 * NewJob.BytesOfResult);
    }

    [Fact]
    public void Decode_Nothing_IsLost()
    {
        ResultCodec.Decode(null, 3).Results.ShouldBe(new JobResult[3]);
        ResultCodec.Decode([], 1).Results.ShouldBe(new JobResult[1]);
        ResultCodec.Decode([2, 0, 0, 1], 1).Results.ShouldBe(new JobResult[1]);
    }

    /// <summary>Without labels nothing bounds which of them is meant.</summary>
    [Fact]
    public void Decode_NoLabels_IsLost()
    {
        var (results, version) = ResultCodec.Decode(ResultCodec.Encode("abc", [], [Predicted("POSITIVE", [0.1f, 0.2f, 0.7f])]), 1);

        results.ShouldBe(new JobResult[1]);
        version.ShouldBeNull();
    }

    /// <summary>So a chunk is handed in on which scoring failed in an unforeseen way.</summary>
    [Fact]
    public void Decode_FailuresWithoutLabels_AreFailures()
    {
        var (results, _) = ResultCodec.Decode(ResultCodec.Encode("", [], [new(JobTextEnd.Failed), new(JobTextEnd.Failed)]), 2);

        results.ShouldBe([new(JobTextEnd.Failed), new(JobTextEnd.Failed)]);
    }

    [Fact]
    public void Decode_DamagedBytes_NeverThrowsAndGivesSoMany()
    {
        var random = new Random(1);
        var good = ResultCodec.Encode("abc", Labels, [.. Enumerable.Repeat(Predicted("POSITIVE", [0.1f, 0.2f, 0.7f], new Anomaly(AnomalyType.Truncated, 0.5f)), 4)]);

        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            ResultCodec.Decode(bytes[..random.Next(bytes.Length + 1)], 4).Results.Count.ShouldBe(4);
        }
    }

    private static JobResult Predicted(string label, float[] scores, params Anomaly[] anomalies)
    {
        var byLabel = new OrderedDictionary<string, float>(Labels.Zip(scores, KeyValuePair.Create));
        var origin = new AnswerOrigin(AnswerSource.L2, 513, true, TimeSpan.FromTicks(12_345), TimeSpan.FromMilliseconds(700)) { Stage = AnswerStage.Fast };
        return new JobResult(JobTextEnd.Predicted, new Prediction(label, byLabel[label], byLabel, origin) { Id = Guid.NewGuid(), Anomalies = anomalies }, 9_999);
    }
}
