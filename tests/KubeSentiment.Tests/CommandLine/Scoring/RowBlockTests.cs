using System.Text;
using KubeSentiment.CommandLine;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>Blocks are cut by what is in the rows, wherever a run begins.</summary>
public sealed class RowBlockTests
{
    private static readonly string Lines = string.Concat(Enumerable.Range(0, 3_000).Select(number => new string('x', number % 700) + "\n"));

    [Fact]
    public async Task Cut_FromTheEndOfAnyBlock_GivesTheBlocksAfterIt()
    {
        var all = await CutAsync(0);
        all.Sum().ShouldBe(3_000);
        all.Count.ShouldBeGreaterThan(6);

        for (var i = 0; i <= all.Count; i++)
        {
            (await CutAsync(all.Take(i).Sum())).ShouldBe(all.Skip(i));
        }
    }

    [Fact]
    public async Task Cut_InputShorterThanWhatWasWritten_IsRefused() =>
        (await Should.ThrowAsync<CommandException>(() => CutAsync(3_001))).ExitCode.ShouldBe(ExitCode.Files);

    private static async Task<List<int>> CutAsync(int skip)
    {
        using var input = TableInput.Over("lines", TableFormat.Lines, new MemoryStream(Encoding.UTF8.GetBytes(Lines)));
        await using var reader = await input.ReadAsync(new TableSettings("text"), TestContext.Current.CancellationToken);
        List<int> blocks = [];
        await foreach (var block in RowBlock.CutAsync(reader, skip, TestContext.Current.CancellationToken))
        {
            blocks.Add(block.Rows.Count);
        }

        return blocks;
    }
}
