namespace KubeSentiment.Caching.Redis;

/// <summary>Pauses between tries: doubled each time, spread at random so that replicas do not come back in step.</summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>How long to pause before a repetition.</summary>
    /// <param name="first">The pause before the first repetition, on average.</param>
    /// <param name="longest">No pause is longer.</param>
    /// <param name="repetition">0 for the first.</param>
    /// <returns>Half to one and a half times the doubled pause.</returns>
    public TimeSpan Backoff(TimeSpan first, TimeSpan longest, int repetition)
    {
        var pause = first * Math.Pow(2, Math.Min(repetition, 30)) * (0.5 + Next());
        return pause < longest ? pause : longest;
    }

    // Random is not safe for many threads; guarded by _lock.
    private double Next()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
