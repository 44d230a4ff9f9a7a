using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Tables;
using Parquet;
using Parquet.Schema;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Parquet in, Parquet out.</summary>
public sealed class ParquetTests : IDisposable
{
    private static readonly TableColumn[] Added = [new("label"), new("score", ColumnKind.Number), new("truncated", ColumnKind.Boolean)];

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Join_OfCsv_HoldsAllColumns()
    {
        var path = await JoinAsync("input.csv", "id,text\n1,good\n2,\"a\nb\"\n3,\n", "label,score,truncated\nPOSITIVE,0.9,false\nNEGATIVE,0.5,true\n,,\n");

        var (columns, rows) = await ReadAsync(path);

        columns.ShouldBe([new("id"), new("text"), .. Added]);
        rows.Select(row => row.Fields).ShouldBe([["1", "good", "POSITIVE", "0.9", "false"], ["2", "a\nb", "NEGATIVE", "0.5", "true"], ["3", "", null, null, null]]);
    }

    [Fact]
    public async Task Join_OfParquet_KeepsTypesAndRowGroups()
    {
        var cancellation = TestContext.Current.CancellationToken;
        DataField[] fields = [new DataField("text", typeof(string), true), new DataField("n", typeof(int), false), new DataField("when", typeof(DateTime), true)];
        await using (var file = File.Create(Path.Combine(_folder, "input.parquet")))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, cancellationToken: cancellation))
        {
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync(fields[0], new string?[] { "good", null }!);
                await rows.WriteAsync<int>(fields[1], new int[] { group, 7 }, null, null, cancellation);
                await rows.WriteAsync<DateTime>(fields[2], new DateTime?[] { new DateTime(2026, 11, 24, 1, 2, 3, DateTimeKind.Utc), null }, null, null, cancellation);
            }
        }

        var path = await JoinAsync("input.parquet", null, "label,score,truncated\nA,1,false\nB,0.25,true\nC,1,false\nD,0,false\n");

        var (columns, read) = await ReadAsync(path);
        columns.Select(column => column.Kind).ShouldBe([ColumnKind.Text, ColumnKind.Number, ColumnKind.Text, ColumnKind.Text, ColumnKind.Number, ColumnKind.Boolean]);
        read.Select(row => string.Join('|', row.Fields)).ShouldBe(
        [
            "good|0|2026-11-24T01:02:03|A|1|false", "|7||B|0.25|true", "good|1|2026-11-24T01:02:03|C|1|false", "|7||D|0|false",
        ]);
        await using var parquet = await ParquetReader.CreateAsync(path, null, cancellation);
        parquet.RowGroupCount.ShouldBe(2);
        parquet.Schema.DataFields[1].ClrType.ShouldBe(typeof(int));
    }

    [Fact]
    public async Task Rows_OfADamagedColumn_EndInOneLineThatNamesIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var path = Path.Combine(_folder, "input.parquet");
        var text = new DataField("text", typeof(string), true);
        await using (var file = File.Create(path))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), file, cancellationToken: cancellation))
        {
            using var rows = writer.CreateRowGroup();
            await rows.WriteAsync(text, new string?[] { "good", "bad" }!);
        }

        await using (var file = File.OpenWrite(path))
        {
            // Behind the format's name stands the header of the column's first page.
            file.Position = 4;
            await file.WriteAsync(Enumerable.Repeat(byte.MaxValue, 16).ToArray(), cancellation);
        }

        var failure = await Should.ThrowAsync<CommandException>(() => ReadAsync(path));

        failure.ExitCode.ShouldBe(ExitCode.Files);
        failure.Message.ShouldStartWith($"The column 'text' of {path} cannot be read");
    }

    private async Task<string> JoinAsync(string name, string? content, string results)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var path = Path.Combine(_folder, name);
        if (content is not null)
        {
            await File.WriteAllTextAsync(path, content, cancellation);
        }

        using var input = TableInput.Open(path, null, TestContext.Current.CancellationToken);
        await using var reader = await input.ReadAsync(Written.Settings, cancellation);
        using var scored = TableInput.Over("results", TableFormat.Csv, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(results)));
        await using var rows = await scored.ReadAsync(new TableSettings("label"), cancellation);
        var output = Path.Combine(_folder, "output.parquet");
        await using var file = File.Create(output);
        await ParquetJoin.WriteAsync(reader, rows, Added, file, cancellation);
        return output;
    }

    private static async Task<(IReadOnlyList<TableColumn> Columns, List<TableRow> Rows)> ReadAsync(string path)
    {
        using var input = TableInput.Open(path, null, TestContext.Current.CancellationToken);
        await using var reader = await input.ReadAsync(Written.Settings, TestContext.Current.CancellationToken);
        List<TableRow> rows = [];
        await foreach (var row in reader.RowsAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return (reader.Columns, rows);
    }
}
