using System.IO.Compression;
using System.Text;
using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Tables;

/// <summary>Inputs that are gzip: all of it is read, or the command ends.</summary>
public sealed class GzipTests
{
    private const int Rows = 2_000;

    private static readonly byte[] Whole = [.. Member(0, Rows / 2), .. Member(Rows / 2, Rows), .. Member(Rows, Rows)];

    [Fact]
    public async Task Read_SeveralMembers_AreOneFile() => (await ReadAsync(Whole)).ShouldBe(Rows);

    /// <summary>Wherever a download broke off, but for between two members, where nobody can tell.</summary>
    [Fact]
    public async Task Read_CutOff_EndsWithASentence()
    {
        var first = Member(0, Rows / 2).Length;
        foreach (var length in Enumerable.Range(2, first - 2).Where(length => length % 97 == 0 || length < 40 || length > first - 40).Append(first + 1).Append(first + 500))
        {
            var error = await Should.ThrowAsync<CommandException>(() => ReadAsync(Whole[..length]));
            error.ExitCode.ShouldBe(ExitCode.Files);
            error.Message.ShouldStartWith("reviews.gz is no whole gzip file");
        }
    }

    [Fact]
    public async Task Read_Damaged_EndsWithASentence()
    {
        var damaged = Member(0, Rows);
        damaged[^6] ^= 1;

        (await Should.ThrowAsync<CommandException>(() => ReadAsync(damaged))).ExitCode.ShouldBe(ExitCode.Files);
    }

    private static async Task<int> ReadAsync(byte[] packed)
    {
        using var input = TableInput.Over("reviews.gz", TableFormat.Lines, new MemoryStream(packed));
        await using var reader = await input.ReadAsync(new TableSettings("text"), TestContext.Current.CancellationToken);
        var rows = 0;
        await foreach (var row in reader.RowsAsync(TestContext.Current.CancellationToken))
        {
            row.Text.ShouldBe($"row {rows++}");
        }

        return rows;
    }

    private static byte[] Member(int from, int to)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(from, to - from).Select(row => $"row {row}\n"))));
        }

        return packed.ToArray();
    }
}
