namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads the rows of an input one after the other, in bounded memory.</summary>
internal interface ITableReader : IAsyncDisposable
{
    /// <summary>The columns of every row.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The share of the input that has been read, 0..1; null where nobody knows how much there is.</summary>
    public double? Share { get; }

    /// <summary>All rows, once.</summary>
    public IAsyncEnumerable<TableRow> RowsAsync(CancellationToken cancellationToken);
}
