using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Pipeline;

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
internal sealed class ScoreRun(LocalScorer scorer, ITableReader reader, ResultColumns results, BlockEncoder encoder, IScoreOutput output, IScoreProgress progress)
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
                inHand.Enqueue(ScoreAsync(block, cancellationToken));
                if (inHand.Count == BlocksInHand)
                {
                    Write(await inHand.Dequeue());
                }
            }

            while (inHand.TryDequeue(out var block))
            {
                Write(await block);
            }

            if (output.Written.Rows == 0)
            {
                output.Write(encoder.Encode(block: null, first: true), rows: 0, badRows: 0);
            }
        }
        catch (OperationCanceledException)
        {
            while (inHand.TryDequeue(out var block) && block.IsCompletedSuccessfully)
            {
                Write(await block);
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

    private async Task<ScoredBlock> ScoreAsync(RowBlock block, CancellationToken cancellationToken)
    {
        List<string> texts = [.. block.Rows.Select(row => row.Text).OfType<string>()];
        var outcomes = await scorer.ScoreAsync(texts, cancellationToken);
        var values = new List<string?[]>(block.Rows.Count);
        var (next, bad) = (0, 0);
        foreach (var row in block.Rows)
        {
            var outcome = row.Text is null ? null : outcomes[next++];
            if (outcome is PredictionOutcome.Predicted { Prediction: var prediction })
            {
                values.Add(results.Of(prediction));
            }
            else
            {
                bad++;
                values.Add(results.OfFault(row.Fault ?? scorer.FaultOf(outcome!)!));
            }
        }

        return new ScoredBlock(block, values, bad);
    }

    private void Write(ScoredBlock block)
    {
        output.Write(encoder.Encode(block, first: output.Written.Rows == 0), block.Results.Count, block.BadRows);
        progress.Advance(output.Written, block.Block.Share);
    }
}
