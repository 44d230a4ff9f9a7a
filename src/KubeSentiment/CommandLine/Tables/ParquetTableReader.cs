using System.Runtime.CompilerServices;
using Parquet;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Reads Parquet, a row group at a time; that is what memory holds.</summary>
internal sealed class ParquetTableReader : ITableReader
{
    private readonly TableInput _input;
    private readonly ParquetReader _parquet;
    private readonly List<ParquetColumn> _columns;
    private readonly int _text;
    private readonly long _rows;
    private long _given;

    private ParquetTableReader(TableInput input, ParquetReader parquet, TableSettings settings)
    {
        _input = input;
        _parquet = parquet;
        _columns = [.. parquet.Schema.Fields.Select(ParquetColumn.Of).OfType<ParquetColumn>()];
        LeftOut = [.. parquet.Schema.Fields.Select(field => field.Name).Except(_columns.Select(column => column.Field.Name))];
        Columns = _columns.ConvertAll(column => new TableColumn(column.Field.Name, column.Kind));
        _text = RowTexts.Find(Columns, settings.Column);
        if (_columns[_text] is not ParquetTextColumn)
        {
            throw CommandException.Usage($"The column '{settings.Column}' of {input.Name} holds {_columns[_text].Field.ClrType.Name}, not texts: name another with --column.");
        }

        _rows = parquet.RowGroups.Sum(group => group.RowCount);
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    public double? Share => _rows == 0 ? null : (double)_given / _rows;

    /// <summary>Names of columns that are nested, lists or bytes.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    public static async Task<ParquetTableReader> OpenAsync(TableInput input, TableSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return new ParquetTableReader(input, await ParquetReader.CreateAsync(input.Content, null, leaveStreamOpen: true, cancellationToken), settings);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            throw CommandException.Files($"{input.Name} is not a Parquet file: {e.Message}");
        }
    }

    public async IAsyncEnumerable<TableRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var rows in GroupsAsync(cancellationToken))
        {
            for (var row = 0; row < rows; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var fields = new string?[_columns.Count];
                for (var i = 0; i < fields.Length; i++)
                {
                    fields[i] = _columns[i].At(row);
                }

                _given++;
                yield return RowTexts.Of(fields, _text);
            }
        }
    }

    /// <summary>The columns, with the values of the row group at hand as they are stored.</summary>
    public IReadOnlyList<ParquetColumn> Stored => _columns;

    /// <summary>Goes from row group to row group; <see cref="Stored"/> is filled anew for each.</summary>
    /// <returns>The rows of each.</returns>
    public async IAsyncEnumerable<int> GroupsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 0; i < _parquet.RowGroupCount; i++)
        {
            using var group = _parquet.OpenRowGroupReader(i);
            foreach (var column in _columns)
            {
                await ReadAsync(column, group, i, cancellationToken);
            }

            yield return checked((int)group.RowCount);
        }
    }

    /// <summary>The library fails in many ways on damage and on encodings that it does not know, by zero as a divisor for one.</summary>
    private static bool IsOfTheFile(Exception e) => e is not (CommandException or OperationCanceledException or OutOfMemoryException);

    private async ValueTask ReadAsync(ParquetColumn column, ParquetRowGroupReader group, int place, CancellationToken cancellationToken)
    {
        try
        {
            await column.ReadAsync(group, cancellationToken);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            throw CommandException.Files(
                $"The column '{column.Field.Name}' of {_input.Name} cannot be read: it is damaged, or encoded in an unknown way (row group {place + 1}: {e.Message}).");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _parquet.DisposeAsync();
        _input.Dispose();
    }
}
