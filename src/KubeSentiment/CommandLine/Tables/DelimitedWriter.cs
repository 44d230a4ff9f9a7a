using System.Buffers;
using System.Text;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Writes CSV, and TSV with or without quotes; lines end in <c>\n</c>.</summary>
/// <remarks>TSV without quotes has no way to hold a tab or a line break inside a field: each becomes a space.</remarks>
internal sealed class DelimitedWriter : ITableWriter
{
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\t\r\n");

    private readonly IReadOnlyList<TableColumn> _columns;
    private readonly char _delimiter;
    private readonly bool _quotes;
    private readonly SearchValues<char> _special;

    public DelimitedWriter(TableFormat format, TableSettings settings, IReadOnlyList<TableColumn> columns)
    {
        _columns = columns;
        _delimiter = format == TableFormat.Csv ? settings.Delimiter : '\t';
        _quotes = format == TableFormat.Csv || settings.TsvQuotes;
        _special = SearchValues.Create([_delimiter, '"', '\r', '\n']);
    }

    public void WriteHeader(StringBuilder output) => WriteFields(output, [.. _columns.Select(column => column.Name)], []);

    public void WriteRow(TableRow row, IReadOnlyList<string?> added, StringBuilder output) => WriteFields(output, row.Fields, added);

    private void WriteFields(StringBuilder output, string?[] first, IReadOnlyList<string?> second)
    {
        for (var i = 0; i < first.Length + second.Count; i++)
        {
            if (i > 0)
            {
                output.Append(_delimiter);
            }

            Write(output, i < first.Length ? first[i] : second[i - first.Length]);
        }

        output.Append('\n');
    }

    private void Write(StringBuilder output, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (!_quotes)
        {
            var start = output.Length;
            output.Append(value);
            if (value.AsSpan().ContainsAny(Breaks))
            {
                output.Replace('\t', ' ', start, value.Length).Replace('\r', ' ', start, value.Length).Replace('\n', ' ', start, value.Length);
            }
        }
        else if (value.AsSpan().ContainsAny(_special))
        {
            output.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            output.Append(value);
        }
    }
}
