using System.Text;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>Blocks are scored in any order and written in theirs, however a run ends.</summary>
public sealed class ScoreRunTests
{
    private const int Blocks = 5;

    /// <summary>Called off while a block is being scored and others behind it are done, as blocks of blank rows are at once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Run_CalledOff_HasWrittenTheRowsBeforeTheFirstThatIsNotScored(int stuck)
    {
        using var stop = new CancellationTokenSource();
        var output = new WrittenRows();
        var scored = 0;

        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(output, async (block, cancellation) =>
        {
            var number = scored++;
            if (scored == Blocks)
            {
                await stop.CancelAsync();
            }

            if (number == stuck)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }

            return Score(block);
        }, stop.Token));

        output.Rows.ShouldBe(Enumerable.Range(0, stuck * RowBlock.MaxRows).Select(row => $"{row}"));
        output.IsSaved.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_BlocksEndInAnyOrder_AreWrittenInTheirs()
    {
        var output = new WrittenRows();
        var waiting = new List<TaskCompletionSource>();

        await RunAsync(output, async (block, _) =>
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add(turn);
            if (waiting.Count == Blocks)
            {
                // The last one first.
                waiting.Reverse();
                waiting.ForEach(other => other.SetResult());
            }

            await turn.Task;
            return Score(block);
        }, TestContext.Current.CancellationToken);

        output.Rows.ShouldBe(Enumerable.Range(0, Blocks * RowBlock.MaxRows).Select(row => $"{row}"));
    }

    private static async Task RunAsync(WrittenRows output, Func<RowBlock, CancellationToken, Task<ScoredBlock>> score, CancellationToken stop)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Blocks * RowBlock.MaxRows).Select(row => $"{row}\n")));
        using var input = TableInput.Over("lines", TableFormat.Lines, new MemoryStream(lines));
        await using var reader = await input.ReadAsync(new TableSettings("text"), TestContext.Current.CancellationToken);
        var writer = new DelimitedWriter(TableFormat.Csv, new TableSettings("text"), reader.Columns);
        await new ScoreRun(score, reader, new BlockEncoder(writer, compressed: false), output, output).RunAsync(stop);
    }

    private static ScoredBlock Score(RowBlock block) => new(block, [.. block.Rows.Select(_ => Array.Empty<string?>())], BadRows: 0);

    private sealed class WrittenRows : IScoreOutput, IScoreProgress
    {
        private readonly StringBuilder _text = new();

        public IEnumerable<string> Rows => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1);

        public bool IsSaved { get; private set; }

        public SafePoint Written { get; private set; } = SafePoint.Nothing;

        public void Write(ReadOnlySpan<byte> block, int rows, int badRows)
        {
            _text.Append(Encoding.UTF8.GetString(block));
            Written = new SafePoint(Written.Rows + rows, Written.Bytes + block.Length, Written.BadRows + badRows);
            IsSaved = false;
        }

        public void Save() => IsSaved = true;

        public void Advance(SafePoint written, double? share)
        {
        }

        public void Dispose()
        {
        }
    }
}
