using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>The main path for callers who would rather wait than be refused: Kafka and jobs.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Texts enter by the gate's patient door, few at a time, side by side: HTTP callers never wait for all of a large batch.</item>
/// <item>What is refused all the same (the service still starts, the model's queue is full, its breaker open) is tried again with backoff, without end; nothing is held
/// meanwhile, neither a place at the gate nor one in the queue.</item>
/// <item>Outcomes are Predicted, Rejected or Failed, never Refused.</item>
/// </list>
/// </remarks>
internal sealed class PatientPipeline(SentimentPipeline pipeline, TimeProvider time, Random jitter)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);

    // Short against a breaker's recovery timeout: it may be closed by hand, and then nobody should wait for long.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private readonly Backoff _backoff = new(FirstDelay, LongestDelay, jitter);

    /// <summary>Predicts the sentiment of texts, however long it takes.</summary>
    /// <param name="texts">Any number of texts; the caller bounds it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var size = pipeline.BackgroundTexts;
        if (texts.Count <= size)
        {
            return await PredictPartAsync(texts, cancellationToken);
        }

        var parts = texts.Chunk(size).Select(part => PredictPartAsync(part, cancellationToken)).ToArray();
        return [.. (await Task.WhenAll(parts)).SelectMany(outcomes => outcomes)];
    }

    private async Task<PredictionOutcome[]> PredictPartAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var outcomes = await pipeline.PredictInTurnAsync(texts, cancellationToken);
        for (var repetition = 0; Array.Exists(outcomes, outcome => outcome is PredictionOutcome.Refused); repetition++)
        {
            await Task.Delay(_backoff.Delay(repetition), time, cancellationToken);
            int[] refused = [.. outcomes.Index().Where(outcome => outcome.Item is PredictionOutcome.Refused).Select(outcome => outcome.Index)];
            var again = await pipeline.PredictInTurnAsync(Array.ConvertAll(refused, index => texts[index]), cancellationToken);
            for (var i = 0; i < refused.Length; i++)
            {
                outcomes[refused[i]] = again[i];
            }
        }

        return outcomes;
    }
}
