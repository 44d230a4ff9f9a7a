using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;

namespace KubeSentiment.Jobs;

/// <summary>Scores the texts of a chunk through the gate's patient door.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Slices.</b> As many texts at a time as the background may bring, one slice after the other, so that a worker never has more of the gate.</item>
/// <item><b>Once more.</b> Texts on which the model failed are tried again. A model that is ill opens its breaker by that, and is then waited for; what still fails alone is at
/// fault itself.</item>
/// </list>
/// </remarks>
internal sealed class ChunkScorer(PatientPipeline pipeline, SentimentModel model, JobEvents events, TimeProvider time, Random jitter)
{
    private const int MostRepetitions = 2;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    private readonly Backoff _backoff = new(FirstDelay, TimeSpan.FromSeconds(2), jitter);

    /// <summary>Scores all texts of the chunk.</summary>
    /// <param name="chunk">Where they belong.</param>
    /// <param name="texts">Its texts.</param>
    /// <param name="cancellationToken">Nobody wants the results any more.</param>
    /// <returns>The results as <see cref="ResultCodec"/> writes them, and how many of them are errors.</returns>
    public async Task<(byte[] Results, int Failed)> ScoreAsync(JobChunk chunk, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var outcomes = new PredictionOutcome[texts.Count];

        // 1. Slices.
        await PredictAsync([.. Enumerable.Range(0, texts.Count)]);

        // 2. Once more.
        for (var repetition = 0; repetition < MostRepetitions && Array.Exists(outcomes, outcome => outcome is PredictionOutcome.Failed); repetition++)
        {
            await Task.Delay(_backoff.Delay(repetition), time, cancellationToken);
            await PredictAsync([.. Enumerable.Range(0, texts.Count).Where(i => outcomes[i] is PredictionOutcome.Failed)]);
        }

        var failures = outcomes.OfType<PredictionOutcome.Failed>().ToList();
        if (failures.Count > 0)
        {
            events.TextsFailed(chunk, failures.Count, failures[0].Cause);
        }

        JobResult[] results = [.. outcomes.Zip(texts, Result)];
        return (ResultCodec.Encode(model.Fingerprint, model.Folder.Labels, results), results.Count(result => result.End != JobTextEnd.Predicted));

        async Task PredictAsync(int[] indexes)
        {
            foreach (var slice in indexes.Chunk(pipeline.TextsAtOnce))
            {
                var answers = await pipeline.PredictAsync(
                    Array.ConvertAll(slice, index => texts[index]), index => $"{chunk.Job.Id}/{chunk.FirstText + slice[index]}", cancellationToken);
                for (var i = 0; i < slice.Length; i++)
                {
                    outcomes[slice[i]] = answers[i];
                }
            }
        }
    }

    private static JobResult Result(PredictionOutcome outcome, string text) => outcome switch
    {
        PredictionOutcome.Predicted(var prediction) => new JobResult(JobTextEnd.Predicted, prediction, TextRules.Length(text)),
        PredictionOutcome.Rejected(TextFault.Empty) => new JobResult(JobTextEnd.Empty),
        PredictionOutcome.Rejected => new JobResult(JobTextEnd.TooLong),
        _ => new JobResult(JobTextEnd.Failed),
    };
}
