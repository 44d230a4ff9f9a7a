using System.Text;
using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Files as other programs write them, that cannot be read as they are: the message says what to do.</summary>
public sealed class NewcomerTests
{
    [Theory]
    [InlineData("file.csv", "id;text\n1;good\n", "file.csv has one column only, 'id;text'. If these are several, say what stands between them: --input-format csv --delimiter ';'.")]
    [InlineData("file.csv", "id\ttext\n1\tgood\n", "say what stands between them: --input-format tsv.")]
    [InlineData("file.tsv", "id,text\n1,good\n", "say what stands between them: --input-format csv.")]
    [InlineData("file.csv", "sentence\ngood\n", "There is no column 'text'. The columns are 'sentence': name one with --column.")]
    [InlineData("file.json", "[{\"text\":\"good\"}]", "file.json is a JSON array and not an object a line. Write it so, for instance: jq -c '.[]' FILE")]
    [InlineData("file.json", " [\n{\"text\":\"good\"}\n]\n", "file.json is a JSON array")]
    public async Task Read_AsAnotherProgramWrites_SaysWhatToDo(string name, string content, string expected) =>
        (await Should.ThrowAsync<CommandException>(() => ReadAsync(name, content, "text"))).Message.ShouldContain(expected);

    [Fact]
    public async Task Read_AColumnWithADelimiterInItsName_IsReadIfItIsTheOne()
    {
        await using var reader = await ReadAsync("file.csv", "question; answer\ngood\n", "question; answer");

        reader.Columns.Count.ShouldBe(1);
    }

    /// <summary>Spark, BigQuery and pandas call files of JSON lines so.</summary>
    [Fact]
    public void Of_Json_IsJsonLines() => TableName.Of("part-00000.json.gz").ShouldBe(new TableName("part-00000", TableFormat.Jsonl, Compressed: true));

    private static Task<ITableReader> ReadAsync(string name, string content, string column) =>
        TableInput.Over(name, TableName.Of(name).Format!.Value, new MemoryStream(Encoding.UTF8.GetBytes(content))).ReadAsync(new TableSettings(column), TestContext.Current.CancellationToken);
}
