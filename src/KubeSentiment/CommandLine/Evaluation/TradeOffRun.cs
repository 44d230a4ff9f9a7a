using System.Diagnostics;
using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>Shows the texts of a labelled file to both models of a folder, each on its own: what any threshold would give can be worked out of that.</summary>
/// <remarks>By turns, some thousand texts each, so that whatever else the machine does slows both.</remarks>
/// <param name="fast">The fast model alone.</param>
/// <param name="full">The full model alone.</param>
/// <param name="rule">Says which texts the fast model may answer.</param>
internal sealed class TradeOffRun(LocalScorer fast, LocalScorer full, CascadeRule rule)
{
    /// <summary>Both models answer these before the clock runs: code that is new runs slowly.</summary>
    private const int WarmUpTexts = 256;

    public async Task RunAsync(LabelledFile file, long rows, LabelMap map, TradeOffReport report, IScoreProgress progress, CancellationToken cancellationToken)
    {
        var done = 0L;
        await foreach (var block in file.RowsAsync(cancellationToken).Where(LabelledFile.IsWhole).Chunk(LocalScorer.TextsInHand))
        {
            var texts = Array.ConvertAll(block, row => row.Row.Text!);
            if (done == 0)
            {
                await fast.ScoreAsync([.. texts.Take(WarmUpTexts)], cancellationToken);
                await full.ScoreAsync([.. texts.Take(WarmUpTexts)], cancellationToken);
            }

            var started = Stopwatch.GetTimestamp();
            var quick = await fast.ScoreAsync(texts, cancellationToken);
            var quickTime = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            var slow = await full.ScoreAsync(texts, cancellationToken);
            report.AddTime(quickTime, Stopwatch.GetElapsedTime(started));
            for (var i = 0; i < block.Length; i++)
            {
                if (quick[i] is PredictionOutcome.Predicted { Prediction: var ofFast } && slow[i] is PredictionOutcome.Predicted { Prediction: var ofFull })
                {
                    report.Add(new TwoSpeedPrediction(map.Judge(ofFast, block[i].Label!), map.Judge(ofFull, block[i].Label!), TopScore(ofFast), ofFull.Origin.Tokens));
                }
            }

            done += block.Length;
            progress.Advance(new SafePoint(done, 0, 0), (double)done / rows);
        }
    }

    /// <summary>A text that the fast model may not read, or failed on, is never its.</summary>
    private float TopScore(Prediction prediction) =>
        prediction.Origin.Stage == AnswerStage.Fast && rule.Admits(prediction.Origin.Tokens) ? prediction.Score : -1;
}
