using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Puts the columns of an input and those that were added side by side into a Parquet file.</summary>
/// <remarks>Columns that come from Parquet keep their types and row groups; those of text files are texts, in row groups of <see cref="GroupRows"/>.</remarks>
internal static class ParquetJoin
{
    private const int GroupRows = 1 << 15;
    private const int GroupCharacters = 1 << 26;

    /// <summary>Reads both to their ends; they have as many rows.</summary>
    /// <param name="input">The input.</param>
    /// <param name="added">The columns that were added, for the same rows, as texts.</param>
    /// <param name="addedColumns">What these texts are.</param>
    /// <param name="output">The new file.</param>
    /// <param name="cancellationToken">Leaves an unfinished file.</param>
    public static async Task WriteAsync(
        ITableReader input, ITableReader added, IReadOnlyList<TableColumn> addedColumns, Stream output, CancellationToken cancellationToken)
    {
        await using var rows = added.RowsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        DataField[] addedFields = [.. addedColumns.Select(FieldOf)];
        if (input is ParquetTableReader parquet)
        {
            ParquetSchema schema = new([.. parquet.Stored.Select(column => column.Field), .. addedFields]);
            await using var writer = await ParquetWriter.CreateAsync(schema, output, cancellationToken: cancellationToken);
            await foreach (var count in parquet.GroupsAsync(cancellationToken))
            {
                using var group = writer.CreateRowGroup();
                foreach (var column in parquet.Stored)
                {
                    await column.WriteAsync(group, cancellationToken);
                }

                await WriteAddedAsync(group, addedFields, await TakeAsync(rows, count));
            }
        }
        else
        {
            DataField[] fields = [.. input.Columns.Select(column => new DataField(column.Name, typeof(string), isNullable: true))];
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields, .. addedFields]), output, cancellationToken: cancellationToken);
            List<string?[]> held = [];
            var characters = 0L;
            await foreach (var row in input.RowsAsync(cancellationToken))
            {
                held.Add(row.Fields);
                characters += row.Fields.Sum(field => (long)(field?.Length ?? 0));
                if (held.Count == GroupRows || characters > GroupCharacters)
                {
                    await WriteGroupAsync();
                }
            }

            if (held.Count > 0)
            {
                await WriteGroupAsync();
            }

            async Task WriteGroupAsync()
            {
                using var group = writer.CreateRowGroup();
                for (var i = 0; i < fields.Length; i++)
                {
                    await group.WriteAsync(fields[i], held.ConvertAll(row => row[i])!);
                }

                await WriteAddedAsync(group, addedFields, await TakeAsync(rows, held.Count));
                held.Clear();
                characters = 0;
            }
        }
    }

    private static DataField FieldOf(TableColumn column) => new(column.Name, TypeOf(column.Kind), isNullable: true);

    private static Type TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => typeof(double),
        ColumnKind.Boolean => typeof(bool),
        _ => typeof(string),
    };

    private static async Task<List<string?[]>> TakeAsync(IAsyncEnumerator<TableRow> rows, int count)
    {
        var taken = new List<string?[]>(count);
        while (taken.Count < count)
        {
            taken.Add(await rows.MoveNextAsync() ? rows.Current.Fields : throw CommandException.Files("The results have fewer rows than the input: it was changed meanwhile."));
        }

        return taken;
    }

    private static async Task WriteAddedAsync(ParquetRowGroupWriter group, DataField[] fields, List<string?[]> rows)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            // CSV cannot tell an empty text from none.
            var values = rows.ConvertAll(row => row[i] is { Length: > 0 } value ? value : null);
            await (fields[i].ClrType switch
            {
                var type when type == typeof(double) => WriteAsync(value => double.Parse(value, CultureInfo.InvariantCulture)),
                var type when type == typeof(bool) => WriteAsync(value => value == "true"),
                _ => group.WriteAsync(fields[i], values!),
            });

            Task WriteAsync<T>(Func<string, T> parse)
                where T : struct => group.WriteAsync<T>(fields[i], (ReadOnlyMemory<T?>)values.ConvertAll<T?>(value => value is null ? null : parse(value)).ToArray());
        }
    }
}
