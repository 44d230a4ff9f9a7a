using System.Text;
using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Bad rows keep their place and say what is wrong with them.</summary>
public sealed class BadRowTests
{
    [Fact]
    public async Task Csv_WrongNumberOfFields_KeepsThemInTheTable()
    {
        var (_, rows) = await Written.ReadAsync("id,text\n1,good\n2\n3,bad,extra,more\n4,fine\n", TableFormat.Csv);

        rows.Select(row => row.Fault).ShouldBe([null, "1 field instead of 2", "4 fields instead of 2", null]);
        rows[1].Fields.ShouldBe(["2", null]);
        rows[2].Fields.ShouldBe(["3", "bad,extra,more"]);
        rows[3].Text.ShouldBe("fine");
    }

    [Fact]
    public async Task Csv_QuoteInTheMiddle_IsACharacter()
    {
        var (_, rows) = await Written.ReadAsync("text,n\n5\" nails,1\n6\" screws,2\n", TableFormat.Csv);

        rows.Select(row => row.Text).ShouldBe(["5\" nails", "6\" screws"]);
    }

    [Fact]
    public async Task Csv_QuoteThatIsNeverClosed_IsAFault()
    {
        var (_, rows) = await Written.ReadAsync("text\n\"closed\nhere\"\n\"open\nto the end\n", TableFormat.Csv);

        rows.Select(row => row.Fault).ShouldBe([null, "a quote is never closed"]);
        rows[0].Text.ShouldBe("closed\nhere");
    }

    [Fact]
    public async Task Csv_InvalidUtf8_IsAFaultInTheTextOnly()
    {
        byte[] bytes = [.. "id,text\n"u8, 0xFF, .. ",good\n2,b"u8, 0xE9, .. "d\n"u8];

        var (reader, rows) = await Written.ReadAsync(bytes, TableFormat.Csv);

        rows.Select(row => row.Fault).ShouldBe([null, RowTexts.NotUtf8]);
        Written.Bytes(new DelimitedWriter(TableFormat.Csv, Written.Settings, reader.Columns), rows).ShouldBe(bytes);
    }

    [Fact]
    public async Task JsonLines_Broken_StandsWhereTheTextWould()
    {
        var (_, rows) = await Written.ReadAsync(
            "{\"text\":\"good\"}\n{\"text\": oops}\n\n[1]\n{\"text\":5}\n{\"n\":1}\n{\"text\":\"\\ud800\"}\n", TableFormat.Jsonl);

        rows.Count.ShouldBe(6);
        rows.Select(row => row.Fault).ShouldBe([null, "not valid JSON at byte 9", "not a JSON object", "the text is a number", "no text", "not valid Unicode"]);
        rows[1].Fields[0].ShouldBe("{\"text\": oops}");
    }

    [Fact]
    public async Task JsonLines_MemberOfAnAddedNameThatComesLate_StandsWhereTheTextWould()
    {
        const string late = "{\"text\":\"bad\",\"label\":1}";
        var given = string.Concat(Enumerable.Repeat("{\"text\":\"good\"}\n", JsonLinesReader.PeekedRows)) + late + "\n{\"text\":\"fine\",\"other\":1}\n";
        using var input = TableInput.Over("input", TableFormat.Jsonl, new MemoryStream(Encoding.UTF8.GetBytes(given)));
        await using var reader = new JsonLinesReader(input, Written.Settings);

        TableColumn[] added = [new("label")];
        reader.Reserve(added);

        var rows = await reader.RowsAsync(TestContext.Current.CancellationToken).Skip(JsonLinesReader.PeekedRows).ToListAsync(TestContext.Current.CancellationToken);
        rows.Select(row => row.Fault).ShouldBe(["has a member 'label', as its results do: choose another beginning for theirs with --prefix", null]);
        Encoding.UTF8.GetString(Written.Bytes(new JsonLinesWriter(reader.Columns, added), rows, ["NEUTRAL"])).ShouldBe(
            """
            {"text":"{\"text\":\"bad\",\"label\":1}","label":"NEUTRAL"}
            {"text":"fine","other":1,"label":"NEUTRAL"}

            """);
    }

    [Fact]
    public async Task Lines_LoneCarriageReturn_EndsNoLine()
    {
        var (_, rows) = await Written.ReadAsync("one\rstill one\r\ntwo\n\nfour", TableFormat.Lines);

        rows.Select(row => row.Text).ShouldBe(["one\rstill one", "two", "", "four"]);
    }

    [Theory]
    [InlineData("Csv", "id,body\n1,x\n")]
    [InlineData("Jsonl", "{\"id\":1,\"body\":\"x\"}\n")]
    public async Task Column_ThatIsNotThere_NamesThoseThatAre(string format, string content)
    {
        var error = await Should.ThrowAsync<CommandException>(() => Written.ReadAsync(content, Enum.Parse<TableFormat>(format)));

        error.ExitCode.ShouldBe(ExitCode.Usage);
        error.Message.ShouldContain("'id', 'body'");
    }

    [Fact]
    public async Task Csv_TwoColumnsOfOneName_AreRefused() =>
        (await Should.ThrowAsync<CommandException>(() => Written.ReadAsync("text,text\n", TableFormat.Csv))).ExitCode.ShouldBe(ExitCode.Files);

    [Fact]
    public async Task Utf16_IsRefused() =>
        (await Should.ThrowAsync<CommandException>(() => Written.ReadAsync(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("text\n")).ToArray(), TableFormat.Csv)))
        .Message.ShouldContain("UTF-16");
}
