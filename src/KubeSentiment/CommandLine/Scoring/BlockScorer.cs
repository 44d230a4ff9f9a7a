using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Turns a block's texts into the values of the added columns; a row without a score says why.</summary>
internal sealed class BlockScorer(LocalScorer scorer, ResultColumns results)
{
    /// <summary>Scores the rows of a block.</summary>
    public async Task<ScoredBlock> ScoreAsync(RowBlock block, CancellationToken cancellationToken)
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
}
