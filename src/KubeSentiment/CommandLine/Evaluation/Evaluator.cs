using KubeSentiment.CommandLine.Scoring;
using KubeSentiment.CommandLine.Tables;
using KubeSentiment.Pipeline;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>Scores the texts of a labelled file and shows each to all reports.</summary>
/// <remarks>The file is read twice: first its labels alone, so that one that is not understood ends the command before any work is done.</remarks>
internal sealed class Evaluator(LocalScorer scorer, LabelledFile file)
{
    /// <summary>All rows of the file, known when its labels are.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that could not be scored.</summary>
    public long BadRows { get; private set; }

    /// <summary>Finds out what the file's labels mean.</summary>
    public async Task<LabelMap> MapAsync(IReadOnlyDictionary<string, string> given, bool allLabels, CancellationToken cancellationToken)
    {
        var values = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await foreach (var (_, label) in file.RowsAsync(cancellationToken))
        {
            Rows++;
            if (label is not null && values.Add(label) && values.Count > LabelledFile.MostLabels)
            {
                throw CommandException.Usage($"The column '{file.LabelColumn}' has more than {LabelledFile.MostLabels} different values: name the one with the labels with --label-column.");
            }
        }

        return values.Count > 0
            ? LabelMap.Of(values, scorer.Labels, given, allLabels)
            : throw CommandException.Files($"{file.Path} has no rows.");
    }

    public async Task RunAsync(LabelMap map, IReadOnlyList<IPredictionReport> reports, Pace pace, IScoreProgress progress, CancellationToken cancellationToken)
    {
        var inHand = new Queue<Task<(List<LabelledPrediction> Predictions, int BadRows)>>();
        await foreach (var block in file.RowsAsync(cancellationToken).Chunk(RowBlock.MaxRows))
        {
            inHand.Enqueue(ScoreAsync(block, map, cancellationToken));
            if (inHand.Count == ScoreRun.BlocksInHand)
            {
                Show(await inHand.Dequeue());
            }
        }

        while (inHand.TryDequeue(out var block))
        {
            Show(await block);
        }

        void Show((List<LabelledPrediction> Predictions, int BadRows) scored)
        {
            var (predictions, badRows) = scored;
            BadRows += badRows;
            predictions.ForEach(row =>
            {
                foreach (var report in reports)
                {
                    report.Add(row);
                }
            });
            var done = pace.Rows + predictions.Count;
            progress.Advance(new SafePoint(done, 0, BadRows), (double)done / Rows);
        }
    }

    private async Task<(List<LabelledPrediction> Predictions, int BadRows)> ScoreAsync((TableRow Row, string? Label)[] block, LabelMap map, CancellationToken cancellationToken)
    {
        var rows = Array.FindAll(block, LabelledFile.IsWhole);
        var outcomes = await scorer.ScoreAsync(Array.ConvertAll(rows, row => row.Row.Text!), cancellationToken);
        List<LabelledPrediction> predictions = [];
        for (var i = 0; i < rows.Length; i++)
        {
            if (outcomes[i] is PredictionOutcome.Predicted { Prediction: var prediction })
            {
                predictions.Add(map.Judge(prediction, rows[i].Label!));
            }
        }

        return (predictions, block.Length - predictions.Count);
    }
}
