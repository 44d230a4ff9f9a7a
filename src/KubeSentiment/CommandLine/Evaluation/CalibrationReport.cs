using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>Whether scores mean what they say: of the answers with a score of 0.8, are 80 % right?</summary>
/// <remarks>The expected calibration error (Guo et al., "On Calibration of Modern Neural Networks", 2017) is the mean distance between the two, each bin of scores counting by its texts.</remarks>
internal sealed class CalibrationReport : IPredictionReport
{
    public const int BinCount = 10;

    private const int PictureWidth = 50;

    private readonly long[] _texts = new long[BinCount];
    private readonly long[] _right = new long[BinCount];
    private readonly double[] _confidence = new double[BinCount];

    public string Name => "calibration";

    /// <summary>Expected calibration error, 0..1.</summary>
    public double Error
    {
        get
        {
            var all = _texts.Sum();
            return all == 0 ? 0 : Bins().Sum(bin => bin.Texts * Math.Abs(bin.Accuracy - bin.Confidence)) / all;
        }
    }

    public void Add(LabelledPrediction row)
    {
        var bin = Math.Min((int)(row.Confidence * BinCount), BinCount - 1);
        _texts[bin]++;
        _right[bin] += row.IsRight ? 1 : 0;
        _confidence[bin] += row.Confidence;
    }

    /// <summary>The bins that hold texts, lowest scores first.</summary>
    public IEnumerable<CalibrationBin> Bins() => Enumerable.Range(0, BinCount).Where(i => _texts[i] > 0).Select(i =>
        new CalibrationBin((double)i / BinCount, (i + 1.0) / BinCount, _texts[i], _confidence[i] / _texts[i], (double)_right[i] / _texts[i]));

    public void Show(Terminal terminal)
    {
        var table = terminal.NewTable().AddColumn("score").AddNumberColumns("texts", "mean score", "right").AddColumn("right, and + where the mean score is");
        foreach (var bin in Bins())
        {
            table.AddRow($"{bin.From:0.0} to {bin.To:0.0}", $"{bin.Texts:N0}", $"{bin.Confidence * 100:0.0} %", $"{bin.Accuracy * 100:0.0} %", Markup.Escape(Picture(bin, terminal.IsPlain ? '#' : '█')));
        }

        terminal.Show("Calibration: of the answers with a score of 0.8, are 80 % right?", table);
        terminal.Output.WriteLine($"Expected calibration error {Error:0.000}");
    }

    public JsonNode ToJson() => new JsonObject
    {
        ["expected_calibration_error"] = Error,
        ["bins"] = new JsonArray([.. Bins().Select(bin => (JsonNode)new JsonObject
        {
            ["from"] = bin.From,
            ["to"] = bin.To,
            ["rows"] = bin.Texts,
            ["mean_score"] = bin.Confidence,
            ["accuracy"] = bin.Accuracy,
        })]),
    };

    /// <summary>The reliability diagram: bars of how much is right over scores, and the diagonal on which they should end.</summary>
    public SvgPanel Draw()
    {
        var panel = new SvgPanel($"Calibration: expected error {Error.ToString("0.000", CultureInfo.InvariantCulture)}", new SvgAxis("score", 0, 1, "0.0"), new SvgAxis("share right", 0, 1, "0.0"));
        foreach (var bin in Bins())
        {
            panel.Bar(bin.From, bin.To, bin.Accuracy, string.Create(CultureInfo.InvariantCulture, $"{bin.Texts} texts: mean score {bin.Confidence:0.000}, {bin.Accuracy:0.000} right"));
        }

        panel.Line(0, 0, 1, 1);
        return panel;
    }

    /// <summary>A bar as long as the share that is right, and where it should end: no upright stroke, which would end the cell of a table in Markdown.</summary>
    internal static string Picture(CalibrationBin bin, char fill)
    {
        var line = new string(fill, (int)Math.Round(bin.Accuracy * PictureWidth)).PadRight(PictureWidth).ToCharArray();
        line[Math.Min((int)Math.Round(bin.Confidence * PictureWidth), PictureWidth - 1)] = '+';
        return new string(line);
    }
}

/// <summary>Texts of like score.</summary>
/// <param name="From">Least score.</param>
/// <param name="To">Score that they stay under; the last bin holds 1, too.</param>
/// <param name="Texts">How many.</param>
/// <param name="Confidence">Their mean score.</param>
/// <param name="Accuracy">The share of them that is right.</param>
internal sealed record CalibrationBin(double From, double To, long Texts, double Confidence, double Accuracy);
