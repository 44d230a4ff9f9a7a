using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>A flat column of a Parquet file, a row group of it at a time.</summary>
internal abstract class ParquetColumn(DataField field)
{
    public DataField Field { get; } = field;

    /// <summary>What JSON makes of the values.</summary>
    public abstract ColumnKind Kind { get; }

    /// <summary>A column that reads a field's values.</summary>
    /// <returns>Null for fields that are nested, lists or bytes: they have no place in a table of values.</returns>
    public static ParquetColumn? Of(Field field) => field is not DataField { IsArray: false, MaxRepetitionLevel: 0 } data ? null : data.ClrType switch
    {
        var type when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => new ParquetTextColumn(data),
        var type when type == typeof(bool) => new ParquetColumn<bool>(data, ColumnKind.Boolean, value => value ? "true" : "false"),
        var type when type == typeof(sbyte) => Number<sbyte>(data),
        var type when type == typeof(byte) => Number<byte>(data),
        var type when type == typeof(short) => Number<short>(data),
        var type when type == typeof(ushort) => Number<ushort>(data),
        var type when type == typeof(int) => Number<int>(data),
        var type when type == typeof(uint) => Number<uint>(data),
        var type when type == typeof(long) => Number<long>(data),
        var type when type == typeof(ulong) => Number<ulong>(data),
        var type when type == typeof(float) => new ParquetColumn<float>(data, ColumnKind.Number, value => float.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : null),
        var type when type == typeof(double) => new ParquetColumn<double>(data, ColumnKind.Number, value => double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : null),
        var type when type == typeof(decimal) => Number<decimal>(data),
        var type when type == typeof(DateTime) => Formatted<DateTime>(data, "yyyy-MM-ddTHH:mm:ss.FFFFFFF"),
        var type when type == typeof(DateOnly) => Formatted<DateOnly>(data, "yyyy-MM-dd"),
        var type when type == typeof(TimeOnly) => Formatted<TimeOnly>(data, "HH:mm:ss.FFFFFFF"),
        var type when type == typeof(TimeSpan) => Formatted<TimeSpan>(data, "c"),
        var type when type == typeof(Guid) => Formatted<Guid>(data, "D"),
        _ => null,
    };

    /// <summary>Holds the values of a row group.</summary>
    public abstract ValueTask ReadAsync(ParquetRowGroupReader group, CancellationToken cancellationToken);

    /// <summary>A value of the row group, as text.</summary>
    public abstract string? At(int row);

    /// <summary>Writes the values held, as they were read.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken);

    private static ParquetColumn<T> Number<T>(DataField field)
        where T : struct, IFormattable => new(field, ColumnKind.Number, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static ParquetColumn<T> Formatted<T>(DataField field, string format)
        where T : struct, IFormattable => new(field, ColumnKind.Text, value => value.ToString(format, CultureInfo.InvariantCulture));
}
