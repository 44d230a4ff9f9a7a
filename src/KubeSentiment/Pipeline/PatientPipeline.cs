using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>The main path for callers who would rather wait than be refused: Kafka and jobs.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Texts enter by the gate's patient door, few at a time, side by side: HTTP callers never wait for all of a large batch. Those of like length enter together: the model then runs many at once with
/// little padding, although it never has more in hand than the gate holds.</item>
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

    /// <summary>How many texts enter together; callers who bring no more than this have no more of the gate.</summary>
    public int TextsAtOnce => pipeline.BackgroundTexts;

    /// <summary>The indexes of texts, in parts of like length: the shortest in the first, and of equal ones the earliest.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="size">Most texts of a part.</param>
    internal static IEnumerable<int[]> Parts(IReadOnlyList<string> texts, int size) => Enumerable.Range(0, texts.Count).OrderBy(index => texts[index].Length).Chunk(size);

    /// <summary>Predicts the sentiment of texts, however long it takes.</summary>
    /// <param name="texts">Any number of texts; the caller bounds it.</param>
    /// <param name="nameOf">What the caller calls a text, by its index; null where they have no names.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, Func<int, string>? nameOf, CancellationToken cancellationToken)
    {
        var outcomes = new PredictionOutcome[texts.Count];
        await Task.WhenAll(Parts(texts, pipeline.BackgroundTexts).Select(PredictPartAsync));
        return outcomes;

        async Task PredictPartAsync(int[] part)
        {
            for (var repetition = 0; part.Length > 0; repetition++)
            {
                if (repetition > 0)
                {
                    await Task.Delay(_backoff.Delay(repetition - 1), time, cancellationToken);
                }

                var asked = part;
                var names = nameOf is null ? TextNames.None : TextNames.Of(index => nameOf(asked[index]));
                var answers = await pipeline.PredictInTurnAsync(Array.ConvertAll(asked, index => texts[index]), names, cancellationToken);
                for (var i = 0; i < part.Length; i++)
                {
                    outcomes[part[i]] = answers[i];
                }

                part = Array.FindAll(part, index => outcomes[index] is PredictionOutcome.Refused);
            }
        }
    }
}
