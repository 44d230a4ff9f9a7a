using KubeSentiment.Caching;

namespace KubeSentiment.Pipeline;

/// <summary>What a flight brings home: the model's answer, or word that its queue was full.</summary>
/// <param name="Answer">The answer; null when the queue was full.</param>
/// <param name="QueueTime">How long the text waited for the model.</param>
/// <param name="RunTime">How long the run took.</param>
internal sealed record Computed(CachedAnswer? Answer, TimeSpan QueueTime, TimeSpan RunTime)
{
    public static readonly Computed QueueFull = new(null, TimeSpan.Zero, TimeSpan.Zero);
}
