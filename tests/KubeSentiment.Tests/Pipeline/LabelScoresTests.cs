using CsCheck;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Tests.Pipeline;

/// <summary>Scores are probabilities, whatever the logits.</summary>
public class LabelScoresTests
{
    private readonly LabelScores _scores = new(["BAD", "SOSO", "GOOD"]);

    [Fact]
    public void Read_AnyLogits_SumToOneAndLabelTheLargest() =>
        Gen.Float[-1000, 1000].Array[3].Sample(logits =>
        {
            var prediction = _scores.Read(logits, default, default);

            prediction.Scores.Values.Sum(score => (double)score).ShouldBe(1, 1e-6);
            prediction.Score.ShouldBe(prediction.Scores.Values.Max());
            prediction.Scores[prediction.Label].ShouldBe(prediction.Score);
            prediction.Scores.Keys.ShouldBe(["BAD", "SOSO", "GOOD"]);
            prediction.Margin.ShouldBe(prediction.Score - prediction.Scores.Values.Order().ElementAt(1), 1e-6f);
        });

    [Fact]
    public void Read_KnownLogits_IsSoftmax()
    {
        var prediction = _scores.Read([0f, MathF.Log(2), MathF.Log(5)], default, default);

        prediction.Label.ShouldBe("GOOD");
        ((double)prediction.Scores["BAD"]).ShouldBe(1 / 8.0, 1e-6);
        ((double)prediction.Scores["SOSO"]).ShouldBe(2 / 8.0, 1e-6);
        ((double)prediction.Scores["GOOD"]).ShouldBe(5 / 8.0, 1e-6);
    }
}
