using System.Text.Json.Nodes;
using Spectre.Console;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>What is right and what is taken for what: accuracy, precision, recall and F1 of each class, the confusion matrix.</summary>
internal sealed class ClassificationReport(IReadOnlyList<string> classes) : IPredictionReport
{
    private readonly long[,] _counts = new long[classes.Count, classes.Count];

    public string Name => "classification";

    public long Rows => _counts.Cast<long>().Sum();

    /// <summary>Share that is right, 0..1.</summary>
    public double Accuracy => Ratio(Enumerable.Range(0, classes.Count).Sum(i => _counts[i, i]), Rows);

    /// <summary>Mean of the classes' F1, each class counting the same.</summary>
    public double MacroF1 => Enumerable.Range(0, classes.Count).Average(F1);

    /// <summary>Mean of the classes' recall; what sets of tweets are usually judged by.</summary>
    public double MacroRecall => Enumerable.Range(0, classes.Count).Average(Recall);

    public void Add(LabelledPrediction row) => _counts[row.Truth, row.Predicted]++;

    /// <summary>How many of the texts that are called so are so.</summary>
    public double Precision(int label) => Ratio(_counts[label, label], Enumerable.Range(0, classes.Count).Sum(truth => _counts[truth, label]));

    /// <summary>How many of the texts that are so are called so.</summary>
    public double Recall(int label) => Ratio(_counts[label, label], Support(label));

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1(int label) => Precision(label) + Recall(label) is > 0 and var sum ? 2 * Precision(label) * Recall(label) / sum : 0;

    public void Show(Terminal terminal)
    {
        var scores = terminal.NewTable().AddColumn("class").AddNumberColumns("precision", "recall", "F1", "texts");
        for (var i = 0; i < classes.Count; i++)
        {
            scores.AddRow(terminal.Cell(classes[i]), Percent(Precision(i)), Percent(Recall(i)), Percent(F1(i)), $"{Support(i):N0}");
        }

        scores.AddRow("macro average", Percent(Enumerable.Range(0, classes.Count).Average(Precision)), Percent(MacroRecall), Percent(MacroF1), $"{Rows:N0}");
        terminal.Output.WriteLine($"Accuracy {Percent(Accuracy)} % of {Rows:N0} texts, macro F1 {Percent(MacroF1)} %");
        terminal.Show("Classes", scores);

        var confusion = terminal.NewTable().AddColumn("").AddNumberColumns(classes.Select(terminal.Cell));
        for (var truth = 0; truth < classes.Count; truth++)
        {
            confusion.AddRow([terminal.Cell(classes[truth]), .. Enumerable.Range(0, classes.Count).Select(predicted => $"{_counts[truth, predicted]:N0}")]);
        }

        terminal.Show("Confusion: rows are the truth, columns the prediction", confusion);
    }

    public JsonNode ToJson() => new JsonObject
    {
        ["rows"] = Rows,
        ["accuracy"] = Accuracy,
        ["macro_f1"] = MacroF1,
        ["macro_recall"] = MacroRecall,
        ["classes"] = new JsonArray([.. Enumerable.Range(0, classes.Count).Select(i => (JsonNode)new JsonObject
        {
            ["label"] = classes[i],
            ["precision"] = Precision(i),
            ["recall"] = Recall(i),
            ["f1"] = F1(i),
            ["rows"] = Support(i),
            ["predicted_as"] = new JsonObject(Enumerable.Range(0, classes.Count).Select(j => KeyValuePair.Create(classes[j], (JsonNode?)_counts[i, j]))),
        })]),
    };

    private long Support(int label) => Enumerable.Range(0, classes.Count).Sum(predicted => _counts[label, predicted]);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static string Percent(double share) => $"{share * 100:0.0}";
}
