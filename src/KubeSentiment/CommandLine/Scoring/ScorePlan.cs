using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>What is read, and where it goes.</summary>
/// <param name="Input">A file, or <c>-</c>.</param>
/// <param name="InputFormat">Null goes by the name.</param>
/// <param name="Output">A file, or <c>-</c>.</param>
/// <param name="Format">The output's format.</param>
/// <param name="Compressed">Whether the output is gzip.</param>
internal sealed record ScorePlan(string Input, TableFormat? InputFormat, string Output, TableFormat Format, bool Compressed)
{
    private const string Mark = ".scored";

    /// <summary>Where Unix keeps what looks like files.</summary>
    private static readonly string[] NoFiles = ["/dev/", "/proc/", "/sys/"];

    public bool FromStandardInput => Input == TableName.Standard;

    public bool ToStandardOutput => Output == TableName.Standard;

    /// <summary>A plan an input, by what the command line says.</summary>
    /// <param name="inputs">Files, or <c>-</c>.</param>
    /// <param name="inputFormat">Their format; null goes by the names.</param>
    /// <param name="output">A file, a folder, or <c>-</c>; null puts each output beside its input, and that of standard input to standard output.</param>
    /// <param name="format">The outputs' format; null goes by the output's name, then by the input's format.</param>
    /// <exception cref="CommandException">The command line asks for what cannot be.</exception>
    public static IReadOnlyList<ScorePlan> Of(IReadOnlyList<string> inputs, TableFormat? inputFormat, string? output, TableFormat? format)
    {
        var folder = output is not null && output != TableName.Standard && (Directory.Exists(output) || Path.EndsInDirectorySeparator(output));
        if (inputs.Count > 1 && output is not null && !folder)
        {
            throw CommandException.Usage($"Several files do not fit into one output: let --output name a folder that is there or ends in '{Path.DirectorySeparatorChar}', or leave it out.");
        }

        var plans = inputs.Select(input => Of(input, inputFormat, output, folder, format)).ToList();
        var twice = plans.Where(plan => !plan.ToStandardOutput).GroupBy(plan => Path.GetFullPath(plan.Output)).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? plans : throw CommandException.Usage($"{string.Join(" and ", twice.Select(plan => plan.Input))} would both be written to '{twice.First().Output}'.");
    }

    private static ScorePlan Of(string input, TableFormat? inputFormat, string? output, bool folder, TableFormat? format)
    {
        var (source, standard) = (TableName.Of(input), input == TableName.Standard);
        var target = output is null || folder || output == TableName.Standard ? null : TableName.Of(output);
        var read = inputFormat ?? source.Format ?? TableFormat.Lines;
        // Plain lines have no room for more columns.
        var written = format ?? target?.Format ?? (read == TableFormat.Lines ? TableFormat.Csv : read);
        if (written == TableFormat.Lines)
        {
            throw CommandException.Usage("Plain lines have no room for scores: write csv, tsv, jsonl or parquet.");
        }

        var compressed = target is null ? output is null or not TableName.Standard && source.Compressed && written != TableFormat.Parquet : target.Compressed;
        var path = (output, folder, standard) switch
        {
            (null, _, true) => TableName.Standard,
            (_, true, true) => throw CommandException.Usage("Standard input has no name: let --output name a file."),
            (null, _, false) => source.Stem + Ending(),
            (_, true, false) => Path.Combine(output, Path.GetFileName(source.Stem) + Ending()),
            (TableName.Standard, _, _) => output,
            _ => FileNamed(output),
        };
        if (written == TableFormat.Parquet && (path == TableName.Standard || standard))
        {
            throw CommandException.Usage(standard
                ? "Parquet is written when all is scored, from an input that is read again: give a file, not standard input."
                : "Parquet goes to a file: name one with --output.");
        }

        return written == TableFormat.Parquet && compressed
            ? throw CommandException.Usage("Parquet is compressed inside: leave out .gz.")
            : new ScorePlan(input, inputFormat, path, written, compressed);

        string Ending() => Mark + TableName.EndingOf(written) + (compressed ? TableName.CompressedEnding : "");
    }

    /// <summary>The file that an output's name leads to. Results come to their name by being given it, which would put a file in the place of a link or a device.</summary>
    private static string FileNamed(string output)
    {
        var target = new FileInfo(Path.GetFullPath(output)) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true) : null;
        return Array.Exists(NoFiles, Path.GetFullPath(output).StartsWith) || (target is not null && Array.Exists(NoFiles, target.FullName.StartsWith))
            ? throw CommandException.Usage($"'{output}' is no place for a file. For standard output use -o -.")
            : target?.FullName ?? output;
    }
}
