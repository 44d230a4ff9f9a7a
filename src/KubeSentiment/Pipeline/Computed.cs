using KubeSentiment.Caching;

namespace KubeSentiment.Pipeline;

/// <summary>What a flight brings home: the model's answer, or why the model was not asked.</summary>
/// <param name="Answer">The answer; null when the model was not asked.</param>
/// <param name="QueueTime">How long the text waited for the model.</param>
/// <param name="RunTime">How long the run took.</param>
/// <param name="Refusal">Why there is no answer; null when there is one.</param>
internal sealed record Computed(CachedAnswer? Answer, TimeSpan QueueTime, TimeSpan RunTime, PredictionOutcome.Refused? Refusal = null)
{
    /// <summary>Whether the answer was kept under pressure only.</summary>
    public bool BrownOut { get; init; }

    public static Computed Refused(RefusalReason reason, TimeSpan retryAfter) =>
        new(null, TimeSpan.Zero, TimeSpan.Zero, new PredictionOutcome.Refused(reason, retryAfter));
}
