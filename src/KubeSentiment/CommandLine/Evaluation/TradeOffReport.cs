using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>What each threshold of the cascade would give: how many texts the fast model keeps, how much is right, how fast it goes.</summary>
/// <remarks>
/// Speeds are those of the two models in this run; a text's part of its model's time is its part of the tokens.
/// </remarks>
/// <param name="current">The threshold that is set; null where the full model answers alone.</param>
internal sealed class TradeOffReport(double? current) : IEvaluationReport
{
    private const int PictureWidth = 40;

    private readonly Choice[] _choices =
    [
        new("full alone", float.PositiveInfinity),
        .. Enumerable.Range(10, 10).Select(i => i / 20.0).Append(current ?? 0.5).Where(threshold => threshold <= 1).Distinct().OrderDescending()
            .Select(threshold => new Choice(threshold.ToString(CultureInfo.InvariantCulture) + (threshold == current ? ", set now" : ""), (float)threshold)),
        new("fast alone", 0),
    ];

    private long _tokens;
    private TimeSpan _fastTime;
    private TimeSpan _fullTime;

    public string Name => "trade_off";

    public long Rows { get; private set; }

    public void Add(TwoSpeedPrediction row)
    {
        Rows++;
        _tokens += row.Tokens;
        foreach (var choice in _choices)
        {
            choice.Add(row);
        }
    }

    /// <summary>Adds what the models took for some texts.</summary>
    public void AddTime(TimeSpan fast, TimeSpan full)
    {
        _fastTime += fast;
        _fullTime += full;
    }

    /// <summary>All choices, from the full model alone to the fast one alone.</summary>
    public IReadOnlyList<TradeOffPoint> Points() => Rows == 0 ? [] : Array.ConvertAll(_choices, choice => new TradeOffPoint(
        choice.Name,
        choice.Kept / (double)Rows,
        choice.Right / (double)Rows,
        choice.Differing / (double)Rows,
        Rows / Seconds(choice)));

    public void Show(Terminal terminal)
    {
        var points = Points();
        if (points.Count == 0)
        {
            return;
        }

        var axis = SvgAxis.Around("accuracy", [.. points.Select(point => point.Accuracy * 100)], "0.0");
        var table = terminal.NewTable().AddColumn("threshold")
            .AddNumberColumns("answered fast", "accuracy", "against full", "label differs", "texts/s", "times full")
            .AddColumn($"accuracy, {axis.Format(axis.From)} to {axis.Format(axis.To)}, and + the full model's");
        foreach (var point in points)
        {
            table.AddRow(
                point.Choice,
                $"{point.Kept * 100:0.0} %",
                $"{point.Accuracy * 100:0.0}",
                point == points[0] ? "" : $"{(point.Accuracy - points[0].Accuracy) * 100:+0.0;-0.0;0.0}",
                $"{point.Differing * 100:0.0} %",
                $"{point.TextsPerSecond:N0}",
                $"{point.TextsPerSecond / points[0].TextsPerSecond:0.0}",
                Markup.Escape(Picture(axis.Share(point.Accuracy * 100), axis.Share(points[0].Accuracy * 100))));
        }

        terminal.Show("Two speeds: the fast model answers where its score reaches the threshold (MLOPS_CASCADE_THRESHOLD), the full model the rest", table);
    }

    public JsonNode ToJson() => new JsonArray([.. Points().Select(point => (JsonNode)new JsonObject
    {
        ["threshold"] = point.Choice,
        ["answered_fast"] = point.Kept,
        ["accuracy"] = point.Accuracy,
        ["differs_from_full"] = point.Differing,
        ["texts_per_second"] = point.TextsPerSecond,
    })]);

    /// <summary>Accuracy over speed: up and to the right is better.</summary>
    public SvgPanel? Draw()
    {
        var points = Points();
        if (points.Count == 0)
        {
            return null;
        }

        var speeds = SvgAxis.Around("texts/s", [.. points.Select(point => point.TextsPerSecond)], "0");
        var accuracies = SvgAxis.Around("accuracy, %", [.. points.Select(point => point.Accuracy * 100)], "0.0");
        var panel = new SvgPanel("Two speeds: what a threshold gives; dashes: the full model", speeds, accuracies);
        panel.Line(speeds.From, points[0].Accuracy * 100, speeds.To, points[0].Accuracy * 100);
        foreach (var point in points)
        {
            panel.Point(point.TextsPerSecond, point.Accuracy * 100, point.Choice, string.Create(CultureInfo.InvariantCulture, $"{point.Kept * 100:0.0} % answered fast, {point.Accuracy * 100:0.0} % right"));
        }

        return panel;
    }

    /// <summary>Where an accuracy is, and where the full model's: no upright stroke, which would end the cell of a table in Markdown.</summary>
    internal static string Picture(double accuracy, double full)
    {
        var line = new string(' ', PictureWidth).ToCharArray();
        line[At(full)] = '+';
        line[At(accuracy)] = 'o';
        return new string(line);

        static int At(double share) => (int)Math.Round(share * (PictureWidth - 1));
    }

    private double Seconds(Choice choice) => choice.IsFullAlone
        ? _fullTime.TotalSeconds
        : _fastTime.TotalSeconds + (_fullTime.TotalSeconds * (_tokens - choice.KeptTokens) / _tokens);

    /// <summary>A threshold, and what it has come to so far.</summary>
    private sealed class Choice(string name, float threshold)
    {
        public string Name => name;

        public bool IsFullAlone => float.IsPositiveInfinity(threshold);

        public long Kept { get; private set; }

        public long KeptTokens { get; private set; }

        public long Right { get; private set; }

        public long Differing { get; private set; }

        public void Add(TwoSpeedPrediction row)
        {
            var keeps = row.TopScore >= threshold;
            var answer = keeps ? row.Fast : row.Full;
            Kept += keeps ? 1 : 0;
            KeptTokens += keeps ? row.Tokens : 0;
            Right += answer.IsRight ? 1 : 0;
            Differing += answer.Predicted != row.Full.Predicted ? 1 : 0;
        }
    }
}

/// <summary>What a choice gives.</summary>
/// <param name="Choice">The threshold, or which model answers alone.</param>
/// <param name="Kept">Share of the texts that the fast model answers, 0..1.</param>
/// <param name="Accuracy">Share that is right, 0..1.</param>
/// <param name="Differing">Share whose label is another than the full model's, 0..1.</param>
/// <param name="TextsPerSecond">Speed in this run.</param>
internal sealed record TradeOffPoint(string Choice, double Kept, double Accuracy, double Differing, double TextsPerSecond);
