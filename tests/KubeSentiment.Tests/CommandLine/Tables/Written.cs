using System.Buffers;
using System.Text;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Tables in memory.</summary>
internal static class Written
{
    public static readonly TableSettings Settings = new("text");

    public static async Task<(ITableReader Reader, List<TableRow> Rows)> ReadAsync(byte[] bytes, TableFormat format, TableSettings? settings = null)
    {
        using var input = TableInput.Over("input", format, new MemoryStream(bytes));
        var reader = await input.ReadAsync(settings ?? Settings, TestContext.Current.CancellationToken);
        List<TableRow> rows = [];
        await foreach (var row in reader.RowsAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        await reader.DisposeAsync();
        return (reader, rows);
    }

    public static Task<(ITableReader Reader, List<TableRow> Rows)> ReadAsync(string text, TableFormat format, TableSettings? settings = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), format, settings);

    public static byte[] Bytes(ITableWriter writer, IEnumerable<TableRow> rows, IReadOnlyList<string?>? added = null)
    {
        var text = new StringBuilder();
        writer.WriteHeader(text);
        foreach (var row in rows)
        {
            writer.WriteRow(row, added ?? [], text);
        }

        var bytes = new ArrayBufferWriter<byte>();
        EscapedText.Encode(text.ToString(), bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
