using KubeSentiment.Caching;
using KubeSentiment.Load;
using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>The main path for callers who would rather wait than be refused: Kafka and jobs.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>All texts are looked up first, in Redis by one round trip: what is known needs no place at the gate, and takes none from those that do.</item>
/// <item>The others enter by the gate's patient door, few at a time, side by side: HTTP callers never wait for all of a large batch. Those of like length enter together: the model then runs many at once with
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

    /// <summary>Texts in parts of like length: the shortest in the first, and of equal ones the earliest.</summary>
    /// <param name="misses">Any number of texts.</param>
    /// <param name="size">Most texts of a part.</param>
    internal static IEnumerable<List<Miss>> Parts(IEnumerable<Miss> misses, int size) => misses.OrderBy(miss => miss.Tokens.Ids.Length).Chunk(size).Select(part => part.ToList());

    /// <summary>Predicts the sentiment of texts, however long it takes.</summary>
    /// <param name="texts">Any number of texts; the caller bounds it.</param>
    /// <param name="nameOf">What the caller calls a text, by its index; null where they have no names.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One outcome a text, in order: Predicted, Rejected or Failed.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<PredictionOutcome[]> PredictAsync(IReadOnlyList<string> texts, Func<int, string>? nameOf, CancellationToken cancellationToken)
    {
        var call = new PipelineCall(CacheType.Prediction, texts)
        {
            Door = AdmissionDoor.Background,
            Names = nameOf is null ? TextNames.None : TextNames.Of(nameOf),
            AnswerOnWorker = true,
        };
        using var span = PipelineSpan.Start(call);
        var outcomes = new PredictionOutcome[texts.Count];
        pipeline.Recall(call, outcomes);
        var misses = await pipeline.LookUpAsync(call, outcomes, cancellationToken);
        await Task.WhenAll(Parts(misses, pipeline.BackgroundTexts).Select(PredictPartAsync));
        pipeline.Finish(call, outcomes);
        PipelineSpan.Tell(span, outcomes);
        return outcomes;

        async Task PredictPartAsync(List<Miss> part)
        {
            for (var repetition = 0; part.Count > 0; repetition++)
            {
                if (repetition > 0)
                {
                    await Task.Delay(_backoff.Delay(repetition - 1), time, cancellationToken);
                }

                await pipeline.PredictInTurnAsync(call, part, outcomes, cancellationToken);
                part = part.FindAll(miss => outcomes[miss.Index] is PredictionOutcome.Refused);
            }
        }
    }
}
