using System.Runtime.CompilerServices;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads a text a line.</summary>
internal sealed class LineReader(TableInput input, TableSettings settings) : ITableReader
{
    private readonly LineSource _lines = new(new Utf8TextReader(input.Content));

    public IReadOnlyList<TableColumn> Columns { get; } = [new(settings.Column)];

    public double? Share => input.Share;

    public async IAsyncEnumerable<TableRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (_lines.Next() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return RowTexts.Of([line], 0);
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        return ValueTask.CompletedTask;
    }
}
