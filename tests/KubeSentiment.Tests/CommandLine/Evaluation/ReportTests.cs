using System.Xml.Linq;
using KubeSentiment.CommandLine.Evaluation;

namespace KubeSentiment.Tests.CommandLine.Evaluation;

/// <summary>The figures of an evaluation, worked out by hand.</summary>
public sealed class ReportTests
{
    /// <summary>Truth and prediction: 3 of 4 A are right, one of 2 B.</summary>
    private static readonly (int Truth, int Predicted)[] Pairs = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 0)];

    [Fact]
    public void Classification_SixRows_CountsThem()
    {
        var report = new ClassificationReport(["A", "B"]);
        Array.ForEach(Pairs, pair => report.Add(new LabelledPrediction(pair.Truth, pair.Predicted, 1)));

        report.Accuracy.ShouldBe(4 / 6.0, 1e-12);
        report.Precision(0).ShouldBe(3 / 4.0);
        report.Recall(0).ShouldBe(3 / 4.0);
        report.Precision(1).ShouldBe(1 / 2.0);
        report.Recall(1).ShouldBe(1 / 2.0);
        report.MacroF1.ShouldBe(0.625, 1e-12);
        report.ToJson()["classes"]![0]!["predicted_as"]!.ToJsonString().ShouldBe("""{"A":3,"B":1}""");
    }

    [Fact]
    public void Classification_ClassThatIsNeverPredicted_HasZeros()
    {
        var report = new ClassificationReport(["A", "B"]);
        report.Add(new LabelledPrediction(1, 0, 1));

        report.F1(1).ShouldBe(0);
        report.Precision(1).ShouldBe(0);
    }

    [Fact]
    public void Calibration_TwoBins_WeighsTheirDistances()
    {
        var report = new CalibrationReport();
        report.Add(new LabelledPrediction(0, 0, 0.95));
        report.Add(new LabelledPrediction(0, 0, 1.0));
        report.Add(new LabelledPrediction(0, 0, 0.55));
        report.Add(new LabelledPrediction(0, 1, 0.65));

        report.Bins().Select(bin => (bin.From, bin.Texts, bin.Accuracy)).ShouldBe([(0.5, 1, 1.0), (0.6, 1, 0.0), (0.9, 2, 1.0)]);
        report.Error.ShouldBe(((1 - 0.55) + 0.65 + (2 * (1 - 0.975))) / 4, 1e-12);
    }

    [Fact]
    public void Picture_OfABin_EndsWhereItIsRightAndMarksTheScore()
    {
        var picture = CalibrationReport.Picture(new CalibrationBin(0.8, 0.9, 10, Confidence: 0.84, Accuracy: 0.5), '#');

        picture.ShouldBe(new string('#', 25) + new string(' ', 17) + "+" + new string(' ', 7));
    }

    [Fact]
    public void Svg_OfAReport_IsXmlWithABarABin()
    {
        var report = new CalibrationReport();
        report.Add(new LabelledPrediction(0, 0, 0.95));
        report.Add(new LabelledPrediction(0, 1, 0.55));

        XDocument.Parse(SvgPanel.Picture([report.Draw()])).Descendants().Count(element => element.Name.LocalName == "title").ShouldBe(2);
    }

    [Fact]
    public void LabelledPrediction_AmongSomeClasses_SharesTheirScores() =>
        LabelledPrediction.Of(0, [0.2f, 0.6f]).ShouldBe(new LabelledPrediction(0, 1, 0.75), new WithinTolerance());

    private sealed class WithinTolerance : IEqualityComparer<LabelledPrediction>
    {
        public bool Equals(LabelledPrediction x, LabelledPrediction y) => x with { Confidence = 0 } == (y with { Confidence = 0 }) && Math.Abs(x.Confidence - y.Confidence) < 1e-6;

        public int GetHashCode(LabelledPrediction obj) => obj.Truth;
    }
}
