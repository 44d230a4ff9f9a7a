using System.Globalization;
using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>The columns that scoring adds: label, score, a score for each label, truncated, stage, error.</summary>
internal sealed class ResultColumns
{
    /// <summary>What goes in front of all names where one of them is taken.</summary>
    public const string SpareNamePrefix = "sentiment_";

    private readonly IReadOnlyList<string> _labels;

    /// <summary>The columns beside those of an input.</summary>
    /// <param name="labels">The model's labels.</param>
    /// <param name="input">The input's columns.</param>
    /// <param name="prefix">What the names begin with; null begins them with <see cref="SpareNamePrefix"/> where the input has a column of such a name, and with nothing elsewhere.</param>
    public ResultColumns(IReadOnlyList<string> labels, IReadOnlyList<TableColumn> input, string? prefix)
    {
        _labels = labels;
        All = Named(prefix ?? "");
        if (Taken() is { } taken)
        {
            All = prefix is null ? Named(SpareNamePrefix) : All;
            if (Taken() is { } still)
            {
                throw CommandException.Usage($"The input has a column '{still}' already: choose another beginning for the added ones with --prefix.");
            }
        }

        string? Taken() => All.Select(column => column.Name).FirstOrDefault(name => input.Any(column => column.Name == name));
    }

    public IReadOnlyList<TableColumn> All { get; private set; }

    /// <summary>The values for a text that was scored.</summary>
    public string?[] Of(Prediction prediction) =>
    [
        prediction.Label,
        Format(prediction.Score),
        .. _labels.Select(label => Format(prediction.Scores[label])),
        prediction.Origin.Truncated ? "true" : "false",
        prediction.Origin.Stage.Word(),
        null,
    ];

    /// <summary>The values for a row that could not be scored.</summary>
    public string?[] OfFault(string fault)
    {
        var values = new string?[All.Count];
        values[^1] = fault;
        return values;
    }

    private TableColumn[] Named(string prefix) =>
    [
        new($"{prefix}label"),
        new($"{prefix}score", ColumnKind.Number),
        .. _labels.Select(label => new TableColumn($"{prefix}score_{label}", ColumnKind.Number)),
        new($"{prefix}truncated", ColumnKind.Boolean),
        new($"{prefix}stage"),
        new($"{prefix}error"),
    ];

    private static string Format(float score) => score.ToString("0.######", CultureInfo.InvariantCulture);
}
