namespace KubeSentiment.Resilience;

/// <summary>How long to wait before the next attempt: exponential, with full jitter, and only while the attempt can still be in time.</summary>
/// <remarks>
/// Attempt <c>n</c> waits a random time from zero to <c>first x 2^n</c>, at most <c>longest</c>. Full jitter spreads callers who failed together over the
/// whole span, which loads the dependency that just came back the least (Brooker, "Exponential Backoff And Jitter", 2015).
/// It computes and does not wait: the caller knows its clock and its cancellation. Safe for many threads.
/// </remarks>
public sealed class Backoff
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;

    // Guarded by _lock.
    private readonly Random _random;

    /// <summary>A backoff.</summary>
    /// <param name="first">The longest delay before the first repetition; above zero.</param>
    /// <param name="longest">The longest delay of all; not below <paramref name="first"/>.</param>
    /// <param name="random">The jitter. Used under a lock, so it may have a seed.</param>
    public Backoff(TimeSpan first, TimeSpan longest, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(first, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, first);
        ArgumentNullException.ThrowIfNull(random);
        _first = first;
        _longest = longest;
        _random = random;
    }

    /// <summary>The delay before a repetition.</summary>
    /// <param name="repetition">0 before the second attempt, 1 before the third, and so on.</param>
    public TimeSpan Delay(int repetition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(repetition);
        var ceiling = Math.Min(_longest.Ticks, _first.Ticks * Math.Pow(2, repetition));
        lock (_lock)
        {
            return TimeSpan.FromTicks((long)(ceiling * _random.NextDouble()));
        }
    }

    /// <summary>The delay before a repetition, if that leaves it any time.</summary>
    /// <param name="repetition">0 before the second attempt, 1 before the third, and so on.</param>
    /// <param name="left">What is left of the caller's deadline.</param>
    /// <returns>Null when the caller had better give up now.</returns>
    public TimeSpan? Delay(int repetition, TimeSpan left)
    {
        var delay = Delay(repetition);
        return delay < left ? delay : null;
    }
}
