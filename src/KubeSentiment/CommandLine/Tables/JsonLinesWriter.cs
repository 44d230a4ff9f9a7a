using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Writes a JSON object a line. What came as JSON keeps its letters, the added members follow.</summary>
internal sealed class JsonLinesWriter(IReadOnlyList<TableColumn> columns, IReadOnlyList<TableColumn> added) : ITableWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        // For files, not for HTML: quotes and accents stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void WriteHeader(StringBuilder output)
    {
    }

    public void WriteRow(TableRow row, IReadOnlyList<string?> values, StringBuilder output)
    {
        _bytes.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_bytes, Options))
        {
            json.WriteStartObject();
            for (var i = 0; row.Json is null && i < columns.Count; i++)
            {
                Write(json, columns[i], row.Fields[i]);
            }

            for (var i = 0; i < added.Count; i++)
            {
                Write(json, added[i], values[i]);
            }

            json.WriteEndObject();
        }

        var own = Encoding.UTF8.GetString(_bytes.WrittenSpan);
        if (row.Json is { } given)
        {
            // {"a":1} and {"b":2} to {"a":1,"b":2}.
            var head = given.AsSpan(0, given.Length - 1).TrimEnd();
            output.Append(head).Append(head.EndsWith("{") || added.Count == 0 ? "" : ",").Append(own.AsSpan(1));
        }
        else
        {
            output.Append(own);
        }

        output.Append('\n');
    }

    private static void Write(Utf8JsonWriter json, TableColumn column, string? value)
    {
        if (value is null || (value.Length == 0 && column.Kind != ColumnKind.Text))
        {
            json.WriteNull(column.Name);
        }
        else if (column.Kind == ColumnKind.Text)
        {
            json.WriteString(column.Name, value);
        }
        else
        {
            json.WritePropertyName(column.Name);
            json.WriteRawValue(value);
        }
    }
}
