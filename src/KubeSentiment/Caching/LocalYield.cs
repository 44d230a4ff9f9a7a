namespace KubeSentiment.Caching;

/// <summary>Tells from what memory knew lately whether a caller for whom there is no room is worth looking up all the same.</summary>
/// <remarks>
/// To look a text up its request must be read, and that costs more than the rest of a refusal. Where memory knows fewer than one text in a hundred, in a stream of texts that nobody sent before or without a
/// cache, it is not worth that. Those who find room are looked up always, so the share is known in any overload. It is taken once a <see cref="Period"/>.
/// </remarks>
internal sealed class LocalYield(CacheCounters counters, TimeProvider time)
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private const double LeastShare = 0.01;

    /// <summary>Fewer lookups say nothing, and so few callers are soon looked up.</summary>
    private const int LeastLookups = 100;

    private readonly Lock _measuring = new();
    private volatile bool _pays = true;

    // Written under the lock; the first is read without it.
    private long _since = time.GetTimestamp();
    private long _hits;
    private long _misses;

    private bool IsDue => time.GetElapsedTime(Volatile.Read(ref _since)) >= Period;

    /// <summary>Whether to look up, now.</summary>
    public bool Pays()
    {
        if (IsDue && _measuring.TryEnter())
        {
            try
            {
                // Another thread may have measured since: what came after that is too little to tell from.
                if (IsDue)
                {
                    Measure();
                }
            }
            finally
            {
                _measuring.Exit();
            }
        }

        return _pays;
    }

    private void Measure()
    {
        var (hits, misses) = (counters.Hits, counters.Misses);
        var (found, looked) = (hits - _hits, hits - _hits + misses - _misses);
        _pays = looked < LeastLookups || found >= LeastShare * looked;
        (_hits, _misses) = (hits, misses);
        Volatile.Write(ref _since, time.GetTimestamp());
    }
}
