using System.Buffers;
using System.CommandLine;
using System.Text;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Pipeline;
using Spectre.Console;
using TableRow = KubeSentiment.CommandLine.Tables.TableRow;

namespace KubeSentiment.CommandLine;

/// <summary><c>kubesentiment predict TEXT...</c></summary>
internal static class PredictCommand
{
    /// <summary>More than this is a file.</summary>
    private const int MostTexts = 10_000;

    private const string Description = """
        Predict the sentiment of a few texts. Without one, the lines of standard input are the texts.
        """;

    private const string Examples = """
        kubesentiment predict "I love this product!"
        fortune | kubesentiment predict --json
        """;

    public static Command Create()
    {
        var texts = new Argument<string[]>("TEXT") { Description = "The texts.", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "An object a line in place of a table." };
        var model = SharedOptions.Model();
        var command = new DescribedCommand("predict", Description, Examples) { texts, json, model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // The model loads while the lines are read.
            await using var scorer = LocalScorer.Start(parsed.GetValue(model));
            var rows = RowsOf(parsed.GetValue(texts) ?? [], cancellationToken);
            var outcomes = await scorer.ScoreAsync([.. rows.Select(row => row.Text ?? "")], cancellationToken);
            string?[] faults = [.. rows.Zip(outcomes, (row, outcome) => row.Fault ?? scorer.FaultOf(outcome))];
            if (parsed.GetValue(json))
            {
                WriteJson(scorer, rows, outcomes, faults);
            }
            else
            {
                WriteTable(new Terminal(), scorer, rows, outcomes, faults);
            }

            return Array.TrueForAll(faults, fault => fault is null) ? ExitCode.Done : ExitCode.BadRows;
        });
        return command;
    }

    private static List<TableRow> RowsOf(string[] texts, CancellationToken stop)
    {
        if (texts.Length > 0)
        {
            return [.. texts.Select(text => RowTexts.Of([text], 0))];
        }

        List<TableRow> rows = [];
        using var lines = new LineSource(new Utf8TextReader(new WaitingStream(Console.OpenStandardInput(), stop)));
        while (lines.Next() is { } line)
        {
            rows.Add(rows.Count < MostTexts ? RowTexts.Of([line], 0) : throw CommandException.Usage($"More than {MostTexts} lines: use kubesentiment score -."));
        }

        return rows;
    }

    private static void WriteJson(LocalScorer scorer, List<TableRow> rows, PredictionOutcome[] outcomes, string?[] faults)
    {
        Tables.TableColumn[] input = [new(SharedOptions.ColumnDefault)];
        var results = new ResultColumns(scorer.Labels, input, prefix: null);
        var writer = new JsonLinesWriter(input, results.All);
        var output = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            writer.WriteRow(rows[i], faults[i] is { } fault ? results.OfFault(fault) : results.Of(((PredictionOutcome.Predicted)outcomes[i]).Prediction), output);
        }

        var bytes = new ArrayBufferWriter<byte>();
        EscapedText.Encode(output.ToString(), bytes);
        StandardOutput.Write(bytes.WrittenSpan);
    }

    private static void WriteTable(Terminal terminal, LocalScorer scorer, List<TableRow> rows, PredictionOutcome[] outcomes, string?[] faults)
    {
        var table = terminal.NewTable().AddColumns("text", "label").AddNumberColumns(scorer.Labels.Select(terminal.Cell));
        for (var i = 0; i < rows.Count; i++)
        {
            string[] cells = faults[i] is { } fault ? [$"({fault})"] : Cells(((PredictionOutcome.Predicted)outcomes[i]).Prediction, scorer.Labels);
            table.AddRow([terminal.Cell(rows[i].Fields[0] ?? ""), .. cells.Select(terminal.Cell)]);
        }

        terminal.Output.Write(table);
    }

    private static string[] Cells(Prediction prediction, IReadOnlyList<string> labels) => [prediction.Label, .. labels.Select(label => prediction.Scores[label].ToString("0.0000"))];
}
