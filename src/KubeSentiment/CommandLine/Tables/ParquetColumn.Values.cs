using Parquet;
using Parquet.Schema;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>A column of plain values.</summary>
internal sealed class ParquetColumn<T>(DataField field, ColumnKind kind, Func<T, string?> format) : ParquetColumn(field)
    where T : struct
{
    private T[] _values = [];
    private T?[] _nullable = [];

    public override ColumnKind Kind => kind;

    public override async ValueTask ReadAsync(ParquetRowGroupReader group, CancellationToken cancellationToken)
    {
        if (Field.IsNullable)
        {
            _nullable = new T?[group.RowCount];
            await group.ReadAsync<T>(Field, _nullable.AsMemory(), null, cancellationToken);
        }
        else
        {
            _values = new T[group.RowCount];
            await group.ReadAsync<T>(Field, _values.AsMemory(), null, cancellationToken);
        }
    }

    public override string? At(int row) => Field.IsNullable ? _nullable[row] is { } value ? format(value) : null : format(_values[row]);

    public override Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken) => Field.IsNullable
        ? group.WriteAsync<T>(Field, (ReadOnlyMemory<T?>)_nullable, null, null, cancellationToken)
        : group.WriteAsync<T>(Field, (ReadOnlyMemory<T>)_values, null, null, cancellationToken);
}

/// <summary>A column of texts.</summary>
internal sealed class ParquetTextColumn(DataField field) : ParquetColumn(field)
{
    private string?[] _values = [];

    public override ColumnKind Kind => ColumnKind.Text;

    public override async ValueTask ReadAsync(ParquetRowGroupReader group, CancellationToken cancellationToken)
    {
        _values = new string?[group.RowCount];
        await group.ReadAsync(Field, _values.AsMemory()!, null, cancellationToken);
    }

    public override string? At(int row) => _values[row];

    public override Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken) => group.WriteAsync(Field, _values!);
}
