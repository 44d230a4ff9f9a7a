using System.Runtime.CompilerServices;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>A file of texts and what they are.</summary>
internal sealed class LabelledFile(string path, TableFormat? format, TableSettings tables, string labelColumn)
{
    /// <summary>No sentiment has more classes than this; a column of texts has.</summary>
    public const int MostLabels = 100;

    public string Path => path;

    public string LabelColumn => labelColumn;

    /// <summary>Whether a row has what it takes to be scored and judged.</summary>
    public static bool IsWhole((TableRow Row, string? Label) row) => row is { Row.Text: not null, Label: not null };

    /// <summary>All rows, from the start, with their labels; null where a row has none.</summary>
    public async IAsyncEnumerable<(TableRow Row, string? Label)> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var input = TableInput.Open(path, format, cancellationToken);
        await using var reader = await input.ReadAsync(tables, cancellationToken);
        var column = RowTexts.Find(reader.Columns, labelColumn, "--label-column");
        await foreach (var row in reader.RowsAsync(cancellationToken))
        {
            yield return (row, row.Fault is null && row.Fields[column] is { } label && !string.IsNullOrWhiteSpace(label) ? label.Trim() : null);
        }
    }
}
