using System.Xml.Linq;
using KubeSentiment.CommandLine.Evaluation;

namespace KubeSentiment.Tests.CommandLine.Evaluation;

/// <summary>What thresholds would give, worked out by hand.</summary>
public sealed class TradeOffTests
{
    private static readonly LabelledPrediction Right = new(0, 0, 1);
    private static readonly LabelledPrediction Wrong = new(0, 1, 1);

    [Fact]
    public void Points_OfFourTexts_AreWhatEachThresholdKeeps()
    {
        var points = Report(0.75).Points();

        points.Select(point => point.Choice).ShouldBe(
            ["full alone", "0.95", "0.9", "0.85", "0.8", "0.75, set now", "0.7", "0.65", "0.6", "0.55", "0.5", "fast alone"]);
        Of(points, "full alone").ShouldBe((0, 0.75, 0));
        Of(points, "0.95").ShouldBe((0.25, 0.75, 0));
        Of(points, "0.75, set now").ShouldBe((0.5, 1, 0.25));
        Of(points, "0.5").ShouldBe((0.75, 0.75, 0.5));
        Of(points, "fast alone").ShouldBe((0.75, 0.75, 0.5), "one text may not be answered fast");
    }

    [Fact]
    public void Speeds_FollowTheTokensThatTheFullModelReads()
    {
        var points = Report(current: null).Points();

        // 4 texts, 40 tokens; 1 s for all of them with the fast model, 8 s with the full one.
        points[0].TextsPerSecond.ShouldBe(4 / 8.0, 1e-9);
        Speed("0.95").ShouldBe(4 / (1 + (8 * 30 / 40.0)), 1e-9);
        Speed("0.75").ShouldBe(4 / (1 + (8 * 15 / 40.0)), 1e-9);
        points[^1].TextsPerSecond.ShouldBe(4 / (1 + (8 * 10 / 40.0)), 1e-9);

        double Speed(string choice) => points.Single(point => point.Choice == choice).TextsPerSecond;
    }

    [Fact]
    public void Points_ThresholdBetweenTheUsualOnes_HasALineOfItsOwn() =>
        Report(0.77).Points().Select(point => point.Choice).ShouldContain("0.77, set now");

    [Fact]
    public void Svg_OfAReport_HasAPointAChoice()
    {
        var report = Report(0.75);

        XDocument.Parse(SvgPanel.Picture([report.Draw()!])).Descendants().Count(element => element.Name.LocalName == "circle").ShouldBe(report.Points().Count);
    }

    [Fact]
    public void Points_WithoutTexts_AreNone()
    {
        var report = new TradeOffReport(0.75);

        report.Points().ShouldBeEmpty();
        report.Draw().ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 1, 0, 39)]
    [InlineData(1, 0, 39, 0)]
    [InlineData(0.5, 0.5, 20, 20)]
    public void Picture_MarksBoth_TheAnswerOverTheFullModel(double accuracy, double full, int answerAt, int fullAt)
    {
        var picture = TradeOffReport.Picture(accuracy, full);

        picture.Length.ShouldBe(40);
        picture[answerAt].ShouldBe('o');
        picture[fullAt].ShouldBe(answerAt == fullAt ? 'o' : '+');
    }

    /// <summary>Sure and right; sure enough and right where the full model errs; doubtful and wrong; one that the fast model may not answer.</summary>
    private static TradeOffReport Report(double? current)
    {
        var report = new TradeOffReport(current);
        report.Add(new TwoSpeedPrediction(Right, Right, 0.99f, 10));
        report.Add(new TwoSpeedPrediction(Right, Wrong, 0.75f, 15));
        report.Add(new TwoSpeedPrediction(Wrong, Right, 0.5f, 5));
        report.Add(new TwoSpeedPrediction(Wrong, Right, -1, 10));
        report.AddTime(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(6));
        report.AddTime(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2));
        return report;
    }

    private static (double Kept, double Accuracy, double Differing) Of(IReadOnlyList<TradeOffPoint> points, string choice)
    {
        var point = points.Single(point => point.Choice == choice);
        return (point.Kept, point.Accuracy, point.Differing);
    }
}
