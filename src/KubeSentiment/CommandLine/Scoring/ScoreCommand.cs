using System.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary><c>kubesentiment score FILE...</c></summary>
internal static class ScoreCommand
{
    private const string Description = """
        Score the texts of whole files. The results stand beside the input's columns: label, score, a score for each label, truncated, error.
        A run that was interrupted or killed goes on where it was when the same command is given again.
        """;

    private const string Examples = """
        kubesentiment score reviews.csv                              writes reviews.scored.csv
        kubesentiment score -c review -o scored.parquet reviews.parquet
        kubesentiment score 2026/*.jsonl.gz -o scored/
        zcat log.gz | cut -f 7 | kubesentiment score - --format jsonl | head
        """;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files of CSV, TSV, JSON lines, Parquet or plain lines, gzip or not; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "A file, a folder for several files, or - for standard output. Default: NAME.scored.EXT beside each input; standard input goes to standard output.",
            HelpName = "PATH",
        };
        var format = new Option<TableFormat?>("--format", "-f")
        {
            CustomParser = SharedOptions.FormatOf,
            Description = "csv, tsv, jsonl or parquet. Default: by the output's name, else that of the input; plain lines become csv.",
            HelpName = "FORMAT",
        };
        var prefix = new Option<string?>("--prefix")
        {
            Description = $"What the names of the added columns begin with. Default: nothing, or {ResultColumns.SpareNamePrefix} where the input has such a column.",
            HelpName = "TEXT",
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace outputs that are there, finished or not." };
        var strict = new Option<bool>("--strict") { Description = "End with 3 when rows could not be scored. Default: they are counted, and the end is 0." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress and no summary." };
        var (column, inputFormat, delimiter, tsvQuotes, model) =
            (SharedOptions.Column(), SharedOptions.InputFormat(), SharedOptions.Delimiter(), SharedOptions.TsvQuotes(), SharedOptions.Model());
        var command = new DescribedCommand("score", Description, Examples) { files, column, output, format, inputFormat, prefix, delimiter, tsvQuotes, overwrite, strict, quiet, model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plans = ScorePlan.Of(parsed.GetRequiredValue(files), parsed.GetValue(inputFormat), parsed.GetValue(output), parsed.GetValue(format));
            var options = new ScoreOptions(
                new TableSettings(parsed.GetRequiredValue(column), parsed.GetValue(delimiter), parsed.GetValue(tsvQuotes)),
                parsed.GetValue(prefix),
                parsed.GetValue(overwrite),
                parsed.GetValue(strict),
                parsed.GetValue(quiet));
            await using var scorer = LocalScorer.Start(parsed.GetValue(model));
            return await new FileScorer(scorer, options, new Terminal(), TimeProvider.System).ScoreAsync(plans, cancellationToken);
        });
        return command;
    }
}
