using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Moves the rows of one input through the model into one output.</summary>
/// <remarks>
/// <list type="number">
/// <item>Blocks are read in order, and as many are in hand at once as the batcher needs to find texts of like length (<see cref="BlocksInHand"/>).</item>
/// <item>The oldest block is waited for and written, then the next one is read. Reading, tokenizing and writing are short beside the model's work and are done while its workers have
/// all other blocks to do.</item>
/// <item>Asked to stop, it writes what is scored in front and leaves the rest for the next run.</item>
/// </list>
/// </remarks>
/// <param name="score">Scores a block, see <see cref="BlockScorer"/>. Several are in hand at once, and end in any order.</param>
/// <param name="reader">The input.</param>
/// <param name="encoder">Writes rows in the output's format.</param>
/// <param name="output">Where they go.</param>
/// <param name="progress">Is told after each block.</param>
internal sealed class ScoreRun(
    Func<RowBlock, CancellationToken, Task<ScoredBlock>> score, ITableReader reader, BlockEncoder encoder, IScoreOutput output, IScoreProgress progress)
{
    public const int BlocksInHand = LocalScorer.TextsInHand / RowBlock.MaxRows;

    /// <summary>Runs to the end of the input.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; what is written is safe.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var inHand = new Queue<Task<ScoredBlock>>();
        try
        {
            await foreach (var block in RowBlock.CutAsync(reader, output.Written.Rows, cancellationToken))
            {
                inHand.Enqueue(score(block, cancellationToken));
                if (inHand.Count == BlocksInHand)
                {
                    await WriteOldestAsync(inHand);
                }
            }

            while (inHand.Count > 0)
            {
                await WriteOldestAsync(inHand);
            }

            if (output.Written.Rows == 0)
            {
                output.Write(encoder.Encode(block: null, first: true), rows: 0, badRows: 0);
            }
        }
        catch (OperationCanceledException)
        {
            while (inHand.TryPeek(out var oldest) && oldest.IsCompletedSuccessfully)
            {
                await WriteOldestAsync(inHand);
            }

            output.Save();
            throw;
        }
        finally
        {
            // Nobody waits for what is left in hand.
            foreach (var block in inHand)
            {
                _ = block.ContinueWith(left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    /// <summary>It stays in line until it is scored: when it is called off, nothing behind it may be written in its place.</summary>
    private async Task WriteOldestAsync(Queue<Task<ScoredBlock>> inHand)
    {
        var oldest = await inHand.Peek();
        _ = inHand.Dequeue();
        Write(oldest);
    }

    private void Write(ScoredBlock block)
    {
        output.Write(encoder.Encode(block, first: output.Written.Rows == 0), block.Results.Count, block.BadRows);
        progress.Advance(output.Written, block.Block.Share);
    }
}
