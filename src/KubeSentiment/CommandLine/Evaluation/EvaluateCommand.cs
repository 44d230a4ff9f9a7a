using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Inference;
using Spectre.Console;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary><c>kubesentiment evaluate FILE</c></summary>
internal static class EvaluateCommand
{
    private const string Description = """
        Compare the model with a labelled file: accuracy, precision, recall and F1 of each class, the confusion matrix, calibration, and what each threshold between the fast and the full model would give.
        Labels of the model that the file does not have are left out of the comparison: in a file of negative and positive texts the better of the two counts.
        """;

    private const string Examples = """
        kubesentiment evaluate labelled.csv
        kubesentiment evaluate sst2.tsv --map 0=NEGATIVE,1=POSITIVE -o report.json -o report.svg
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file of CSV, TSV, JSON lines or Parquet, gzip or not." };
        var labelColumn = new Option<string>("--label-column", "-l") { Description = "The column that holds the labels.", HelpName = "NAME", DefaultValueFactory = _ => "label" };
        var map = new Option<string?>("--map", "-m")
        {
            Description = "What the file's labels mean, as 0=NEGATIVE,1=POSITIVE. Default: names, usual spellings (neg, pos), numbers (0 and 1 alone: negative and positive; else ids).",
            HelpName = "PAIRS",
        };
        var allLabels = new Option<bool>("--all-labels") { Description = "Compare all labels of the model, those too that the file does not have." };
        var outputs = new Option<string[]>("--output", "-o") { Description = "Also write the report: .json for all figures, .svg for the pictures.", HelpName = "PATH" };
        var noTradeOff = new Option<bool>("--no-trade-off") { Description = "Leave out what other thresholds would give: for that, each of the two models reads the whole file once more." };
        var (column, inputFormat, delimiter, tsvQuotes, model) =
            (SharedOptions.Column(), SharedOptions.InputFormat(), SharedOptions.Delimiter(), SharedOptions.TsvQuotes(), SharedOptions.Model());
        var command = new DescribedCommand("evaluate", Description, Examples) { file, column, labelColumn, map, allLabels, noTradeOff, outputs, inputFormat, delimiter, tsvQuotes, model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var written = parsed.GetValue(outputs) ?? [];
            Check(path, written);
            var tables = new TableSettings(parsed.GetRequiredValue(column), parsed.GetValue(delimiter), parsed.GetValue(tsvQuotes));
            var labelled = new LabelledFile(path, parsed.GetValue(inputFormat), tables, parsed.GetRequiredValue(labelColumn));
            var options = new EvaluateOptions(parsed.GetValue(model), LabelMap.Parse(parsed.GetValue(map)), parsed.GetValue(allLabels), parsed.GetValue(noTradeOff), written);
            await EvaluateAsync(labelled, options, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task EvaluateAsync(LabelledFile file, EvaluateOptions options, CancellationToken cancellationToken)
    {
        var terminal = new Terminal();
        await using var scorer = LocalScorer.Start(options.Model);
        var evaluator = new Evaluator(scorer, file);
        var labels = await evaluator.MapAsync(options.Map, options.AllLabels, cancellationToken);
        IPredictionReport[] predictions = [new ClassificationReport(labels.Classes), new CalibrationReport()];
        var pace = new Pace(TimeProvider.System);
        await terminal.ShowAsync(file.Path, pace, quiet: false, progress => evaluator.RunAsync(labels, predictions, pace, progress, cancellationToken));
        List<IEvaluationReport> reports = [.. predictions];
        if (scorer.HasTwoSpeeds && !options.NoTradeOff)
        {
            reports.Add(await TradeOffAsync(terminal, file, evaluator.Rows, labels, scorer, options.Model, cancellationToken));
        }

        terminal.Output.WriteLine($"Model {scorer.ModelName} {scorer.Fingerprint} on {file.Path}");
        terminal.Output.WriteLine($"Labels: {string.Join(", ", labels.Labels.Select(label => $"{label.Key} is {label.Value}"))}");
        if (scorer.Labels.Except(labels.Classes).ToList() is { Count: > 0 } absent)
        {
            terminal.Output.WriteLine($"Not in the file, so not compared: {string.Join(", ", absent)}");
        }

        if (evaluator.BadRows > 0)
        {
            terminal.Output.WriteLine($"Left out, as they have no text or no label: {evaluator.BadRows:N0} rows");
        }

        reports.ForEach(report => report.Show(terminal));
        foreach (var path in options.Outputs)
        {
            var text = IsPicture(path) ? SvgPanel.Picture([.. reports.Select(report => report.Draw()).OfType<SvgPanel>()]) : Json(scorer, file, labels, evaluator.BadRows, reports).ToJsonString(Indented) + "\n";
            await File.WriteAllTextAsync(path, text, cancellationToken);
        }
    }

    private static async Task<TradeOffReport> TradeOffAsync(
        Terminal terminal, LabelledFile file, long rows, LabelMap labels, LocalScorer asSet, string? model, CancellationToken cancellationToken)
    {
        await using var fast = LocalScorer.Start(model, ModelChoice.FastAlone);
        await using var full = LocalScorer.Start(model, ModelChoice.FullAlone);
        var cascade = asSet.Cascade;
        var report = new TradeOffReport(asSet.AnswersFast ? cascade.Threshold : null);
        // As set, on or off: what it would keep.
        var run = new TradeOffRun(fast, full, new CascadeRule((float)cascade.Threshold, cascade.MaxTokens, Floor: null));
        var pace = new Pace(TimeProvider.System);
        await terminal.ShowAsync($"{file.Path}, each model", pace, quiet: false, progress => run.RunAsync(file, rows, labels, report, progress, cancellationToken));
        return report;
    }

    private static void Check(string path, string[] written)
    {
        if (path == TableName.Standard)
        {
            throw CommandException.Usage("The file is read twice: give a file, not standard input.");
        }

        if (Array.Find(written, output => !IsPicture(output) && !output.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) is { } unknown)
        {
            throw CommandException.Usage($"--output {unknown}: a report ends in .json, a picture in .svg.");
        }
    }

    private static bool IsPicture(string path) => path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);

    private static JsonObject Json(LocalScorer scorer, LabelledFile file, LabelMap labels, long badRows, List<IEvaluationReport> reports) =>
        new([
            KeyValuePair.Create("file", (JsonNode?)file.Path),
            KeyValuePair.Create("model", (JsonNode?)scorer.ModelName),
            KeyValuePair.Create("model_version", (JsonNode?)scorer.Fingerprint),
            KeyValuePair.Create("labels", (JsonNode?)new JsonObject(labels.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)))),
            KeyValuePair.Create("bad_rows", (JsonNode?)badRows),
            .. reports.Select(report => KeyValuePair.Create(report.Name, (JsonNode?)report.ToJson())),
        ]);
}
