using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Configuration;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Scores one file after the other.</summary>
internal sealed class FileScorer(LocalScorer scorer, ScoreOptions options, Terminal terminal, TimeProvider time)
{
    /// <summary>Carries out all plans.</summary>
    /// <returns>The command's exit code.</returns>
    public async Task<int> ScoreAsync(IReadOnlyList<ScorePlan> plans, CancellationToken cancellationToken)
    {
        var bad = 0L;
        foreach (var plan in plans)
        {
            bad += plan.ToStandardOutput ? await ScorePipedAsync(plan, cancellationToken) : await ScoreFileAsync(plan, cancellationToken);
        }

        OutputFile.Forget(plans.Where(plan => !plan.ToStandardOutput).Select(plan => plan.Output));
        return bad > 0 && options.Strict ? ExitCode.BadRows : ExitCode.Done;
    }

    private async Task<long> ScorePipedAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        using var output = new PipedOutput();
        using var input = TableInput.Open(plan.Input, plan.InputFormat, cancellationToken);
        await using var reader = await OpenAsync(input, cancellationToken);
        await RunAsync(plan, reader, output, cancellationToken);
        return output.Written.BadRows;
    }

    private async Task<long> ScoreFileAsync(ScorePlan plan, CancellationToken cancellationToken)
    {
        using var input = TableInput.Open(plan.Input, plan.InputFormat, cancellationToken);
        await using var reader = await OpenAsync(input, cancellationToken);
        if (Path.GetDirectoryName(Path.GetFullPath(plan.Output)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var columns = new ResultColumns(scorer.Labels, reader.Columns, options.Prefix);
        using var output = OutputFile.Open(plan.Output, IdentityOf(plan), options.Overwrite, time);
        if (output.IsFinished)
        {
            Tell($"{plan.Input}: {plan.Output} is finished already");
            return output.Written.BadRows;
        }

        if (output.Written.Rows > 0)
        {
            Tell($"{plan.Input}: goes on after {output.Written.Rows:N0} rows");
        }

        try
        {
            await RunAsync(plan, reader, output, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            var goesOn = plan.FromStandardInput ? "what standard input held cannot be read again" : "the same command goes on from there";
            terminal.Say($"Interrupted: {output.Written.Rows:N0} rows of {plan.Input} are safe in {OutputFile.PartialOf(plan.Output)}; {goesOn}.");
            throw;
        }

        await output.FinishAsync(plan.Format == TableFormat.Parquet ? (results, parquet) => JoinAsync(plan, columns.All, results, parquet, cancellationToken) : null);
        return output.Written.BadRows;
    }

    private async Task RunAsync(ScorePlan plan, ITableReader reader, IScoreOutput output, CancellationToken cancellationToken)
    {
        var columns = new ResultColumns(scorer.Labels, reader.Columns, options.Prefix);
        if (columns.All[0].Name != "label" && options.Prefix is null)
        {
            Tell($"{plan.Input}: has a column of such a name, so the added ones begin with {ResultColumns.SpareNamePrefix}");
        }

        if (plan.Format == TableFormat.Jsonl && reader is JsonLinesReader objects)
        {
            objects.Reserve(columns.All);
        }

        var blocks = new BlockScorer(scorer, columns);
        var encoder = new BlockEncoder(WriterOf(plan, reader.Columns, columns.All), plan.Compressed);
        var pace = new Pace(time);
        pace.Begin(output.Written.Rows);
        await terminal.ShowAsync(plan.Input, pace, options.Quiet, progress =>
            new ScoreRun(blocks.ScoreAsync, reader, encoder, output, progress).RunAsync(cancellationToken));
        pace.Advance(output.Written.Rows, share: null);
        var unscored = output.Written.BadRows == 0 ? "" : $"; {output.Written.BadRows:N0} without a score, the column {columns.All[^1].Name} says why";
        Tell($"{plan.Input} -> {(plan.ToStandardOutput ? "standard output" : plan.Output)}: {pace}, in {Pace.Format(pace.Elapsed)}{unscored}");
    }

    /// <summary>Parquet cannot be written row by row, so that its results are kept as CSV, and joined with the input when all are there.</summary>
    private ITableWriter WriterOf(ScorePlan plan, IReadOnlyList<TableColumn> input, IReadOnlyList<TableColumn> added) => plan.Format switch
    {
        TableFormat.Parquet => new ResultsWriter(added),
        TableFormat.Jsonl => new JsonLinesWriter(input, added),
        _ => new DelimitedWriter(plan.Format, options.Tables, [.. input, .. added]),
    };

    private async Task JoinAsync(ScorePlan plan, IReadOnlyList<TableColumn> added, string results, string parquet, CancellationToken cancellationToken)
    {
        using var input = TableInput.Open(plan.Input, plan.InputFormat, cancellationToken);
        await using var reader = await input.ReadAsync(options.Tables, cancellationToken);
        using var scored = TableInput.Open(results, TableFormat.Csv, cancellationToken);
        await using var rows = await scored.ReadAsync(new TableSettings(added[0].Name), cancellationToken);
        await using var output = new FileStream(parquet, FileMode.Create, FileAccess.ReadWrite);
        await ParquetJoin.WriteAsync(reader, rows, added, output, cancellationToken);
        output.Flush(flushToDisk: true);
    }

    private async Task<ITableReader> OpenAsync(TableInput input, CancellationToken cancellationToken)
    {
        var reader = await input.ReadAsync(options.Tables, cancellationToken);
        if (reader is ParquetTableReader { LeftOut: { Count: > 0 } names })
        {
            Tell($"{input.Name}: left out, as they hold no plain values: {string.Join(", ", names)}");
        }

        return reader;
    }

    private JobIdentity IdentityOf(ScorePlan plan)
    {
        var tables = options.Tables;
        var settings = $"column={tables.Column} delimiter={tables.Delimiter} tsv_quotes={tables.TsvQuotes} input={plan.InputFormat} format={plan.Format} "
            + $"compressed={plan.Compressed} prefix={options.Prefix} max_text_length={scorer.MaxTextLength}";
        // What comes by standard input is another input each time.
        var file = plan.FromStandardInput ? null : new FileInfo(plan.Input);
        return new JobIdentity(
            file?.FullName ?? plan.Input,
            file?.Length ?? 0,
            file is null ? time.GetUtcNow() : new DateTimeOffset(file.LastWriteTimeUtc),
            scorer.Fingerprint,
            settings,
            ServiceOptions.ProgramVersion());
    }

    private void Tell(string line)
    {
        if (!options.Quiet)
        {
            terminal.Say(line);
        }
    }
}
