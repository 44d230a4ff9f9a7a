using System.Text.Json;

namespace KubeSentiment.Bench.Accuracy;

/// <summary>A labelled set and the figure of the model card that it must reproduce.</summary>
/// <param name="Name">Path below the data folder, without .tsv.gz; also the name in evaluation.json.</param>
/// <param name="Labels">The words of the file's label column, each with the model's label.</param>
internal sealed record AccuracySet(string Name, IReadOnlyDictionary<string, string> Labels)
{
    private static readonly Dictionary<string, string> Binary = new(StringComparer.Ordinal) { ["0"] = "NEGATIVE", ["1"] = "POSITIVE" };

    private static readonly Dictionary<string, string> ThreeClasses = new(StringComparer.Ordinal)
    {
        ["negative"] = "NEGATIVE",
        ["neutral"] = "NEUTRAL",
        ["positive"] = "POSITIVE",
    };

    public static IReadOnlyList<AccuracySet> All { get; } =
    [
        new("sst2/dev", Binary), new("uci/amazon_cells", Binary), new("uci/imdb", Binary), new("uci/yelp", Binary), new("cr/all", Binary),
        new("tweets/semeval_test", ThreeClasses), new("imdb/test_5k", Binary),
    ];

    public bool IsBinary => Labels.Count == 2;

    /// <summary>Binary sets: the share right when only POSITIVE and NEGATIVE are compared. Three classes: recall of each class, averaged.</summary>
    /// <param name="rows">The label of each row and the scores it was answered with.</param>
    /// <returns>In per cent.</returns>
    public double Measure(IReadOnlyCollection<(string Label, Dictionary<string, double> Scores)> rows)
    {
        var right = rows.Select(row => (row.Label, Right: Best(row.Scores) == Labels[row.Label])).ToList();
        return IsBinary
            ? 100 * right.Average(r => r.Right ? 1.0 : 0)
            : 100 * right.GroupBy(r => r.Label, StringComparer.Ordinal).Average(label => label.Average(r => r.Right ? 1.0 : 0));
    }

    /// <summary>The card's figure in per cent, from the evaluation.json that the card was written from.</summary>
    public double CardFigure(JsonElement evaluation) =>
        100 * evaluation.GetProperty(Name).GetProperty(IsBinary ? "accuracy, POSITIVE against NEGATIVE" : "macro recall").GetDouble();

    private string Best(Dictionary<string, double> scores) => scores.Where(score => Labels.Values.Contains(score.Key)).MaxBy(score => score.Value).Key;
}
