using System.Text;
using System.Text.Json;
using CsCheck;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>What is written is what is read, whatever is in it.</summary>
public sealed class RoundTripTests
{
    private static readonly TableColumn[] Columns = [new("id"), new("text"), new("note, \"quoted\"")];

    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.OneOf("", " ", "\"", "\"\"", ",", "\t", "a,b", "a\nb", "a\r\nb", "\r", "é", "日本語", "👍🏽", "\uFEFF", "\0", "'", "\\n", "{\"a\":1}", "=1+1"),
        Gen.String,
        Gen.Char["ab\",;\t\n\r é😀"].Array[0, 12].Select(chars => new string(chars))).Where(text => EscapedText.IsWhole(text));

    private static readonly Gen<string?[][]> Rows = Gen.Select(Value, Value, Value).Select(string?[] (row) => [row.Item1, row.Item2, row.Item3]).Array[0, 8];

    [Fact]
    public Task Csv_AnyFields_ComeBack() => Rows.SampleAsync(rows => ShouldComeBackAsync(rows, TableFormat.Csv, Written.Settings));

    [Fact]
    public Task Csv_OtherDelimiter_ComesBack() => Rows.SampleAsync(rows => ShouldComeBackAsync(rows, TableFormat.Csv, new TableSettings("text", Delimiter: ';')));

    [Fact]
    public Task Tsv_WithQuotes_ComesBack() => Rows.SampleAsync(rows => ShouldComeBackAsync(rows, TableFormat.Tsv, new TableSettings("text", TsvQuotes: true)));

    [Fact]
    public Task Tsv_WithoutQuotes_ComesBackWithSpacesForBreaks() => Rows.SampleAsync(async rows =>
    {
        var bytes = Written.Bytes(new DelimitedWriter(TableFormat.Tsv, Written.Settings, Columns), rows.Select(Row));

        var (_, read) = await Written.ReadAsync(bytes, TableFormat.Tsv);

        read.Select(row => row.Fields).ShouldBe(rows.Select(row => Array.ConvertAll(row, field => field!.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' '))));
    });

    [Fact]
    public Task Csv_WithCrLfAndByteOrderMark_IsReadAlike() => Rows.SampleAsync(async rows =>
    {
        string?[][] plain = Array.ConvertAll(rows, row => Array.ConvertAll(row, field => field!.Replace("\r", "").Replace("\n", "")));
        var text = Encoding.UTF8.GetString(Written.Bytes(new DelimitedWriter(TableFormat.Csv, Written.Settings, Columns), plain.Select(Row)));

        var (reader, read) = await Written.ReadAsync("\uFEFF" + text.Replace("\n", "\r\n"), TableFormat.Csv);

        reader.Columns.ShouldBe(Columns);
        read.Select(row => row.Fields).ShouldBe(plain);
    });

    [Fact]
    public Task JsonLines_AnyFields_ComeBackBetweenTheirOwnBytes() => Rows.SampleAsync(async rows =>
    {
        var bytes = Written.Bytes(new JsonLinesWriter(Columns, []), rows.Select(Row));

        var (_, read) = await Written.ReadAsync(bytes, TableFormat.Jsonl);

        read.Select(row => row.Fields).ShouldBe(rows);
        Written.Bytes(new JsonLinesWriter(Columns, []), read).ShouldBe(bytes);
    });

    [Fact]
    public Task JsonLines_WithAddedColumns_KeepTheObjectToTheLetter() => Rows.SampleAsync(async rows =>
    {
        TableColumn[] added = [new("label"), new("score", ColumnKind.Number), new("truncated", ColumnKind.Boolean)];
        var given = rows.Select(row => JsonSerializer.Serialize(new { text = row[1], deep = new { row, n = 1.50m } })).ToList();

        var (reader, read) = await Written.ReadAsync(string.Concat(given.Select(line => line + "\n")), TableFormat.Jsonl);
        var lines = Encoding.UTF8.GetString(Written.Bytes(new JsonLinesWriter(reader.Columns, added), read, ["GOOD", "0.5", null])).Split('\n')[..^1];

        lines.ShouldBe(given.Select(line => line[..^1] + ""","label":"GOOD","score":0.5,"truncated":null}"""));
    });

    /// <summary>Every byte string, valid UTF-8 or not, cut anywhere.</summary>
    [Fact]
    public void Utf8_AnyBytes_ComeBack() => Gen.Select(
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.OneOf<byte>(0x41, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80, 0xED, 0xA0, 0xFF, 0xE2, 0x82).Array[0, 20]),
        Gen.Int[1, 5]).Sample((bytes, size) =>
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return;
        }

        using var reader = new Utf8TextReader(new MemoryStream(bytes));
        var text = new StringBuilder();
        var buffer = new char[size];
        for (int read; (read = reader.Read(buffer, 0, size)) > 0;)
        {
            text.Append(buffer, 0, read);
        }

        var encoded = new System.Buffers.ArrayBufferWriter<byte>();
        EscapedText.Encode(text.ToString(), encoded);
        encoded.WrittenSpan.ToArray().ShouldBe(bytes);
        EscapedText.IsWhole(text.ToString()).ShouldBe(System.Text.Unicode.Utf8.IsValid(bytes));
    });

    private static TableRow Row(string?[] fields) => new(fields, fields[1]);

    private static async Task ShouldComeBackAsync(string?[][] rows, TableFormat format, TableSettings settings)
    {
        var bytes = Written.Bytes(new DelimitedWriter(format, settings, Columns), rows.Select(Row));

        var (reader, read) = await Written.ReadAsync(bytes, format, settings);

        reader.Columns.ShouldBe(Columns);
        read.Select(row => row.Fields).ShouldBe(rows);
        read.ShouldAllBe(row => row.Fault == null);
    }
}
