namespace KubeSentiment.Caching;

/// <summary>An answer in memory, with its life.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Key">Its name in Redis.</param>
/// <param name="Ttl">How long it lives from its last renewal.</param>
/// <param name="RenewAt">Timestamp from which a hit renews it.</param>
/// <param name="ExpiresAt">Timestamp from which it is dead.</param>
internal sealed record LocalAnswer(CachedAnswer Answer, CacheKey Key, TimeSpan Ttl, long RenewAt, long ExpiresAt);

/// <summary>The place of one key in the cache; outlives renewals of its answer, so that it can count the hits.</summary>
/// <remarks>
/// The library disposes entries that it evicts, sometimes before the thread that added one has come to charge for it. So <c>_charged</c> decides everything by
/// compare and swap: it is 0 before the charge, the bytes charged while the entry lives, and <see cref="Gone"/> ever after. Bytes and entries of a
/// <see cref="LocalUsage"/> are therefore exact once all threads are done.
/// </remarks>
internal sealed class LocalEntry(LocalUsage usage, LocalAnswer answer) : IDisposable
{
    private const long Gone = -1;

    // Swapped whole; readers take one look.
    private volatile LocalAnswer _current = answer;

    // Interlocked.
    private long _charged;
    private int _renewing;

    // Plain: an increment lost between two cores changes no ranking.
    private int _hits;

    // Only FrequentTexts, one round at a time.
    private int _taken;

    public LocalAnswer Current => _current;

    /// <summary>Hits since the key came into memory.</summary>
    public int Hits => _hits;

    public void Hit() => _hits++;

    /// <summary>The hits since this was last called.</summary>
    public int TakeHits()
    {
        var hits = _hits;
        var latest = hits - _taken;
        _taken = hits;
        return latest;
    }

    /// <summary>Lets one of those who find the entry due renew it.</summary>
    public bool TryClaimRenewal() => Interlocked.Exchange(ref _renewing, 1) == 0;

    /// <summary>Sets the answer and charges for it.</summary>
    /// <returns>False when the entry has left the cache.</returns>
    public bool TrySet(LocalAnswer answer, long bytes)
    {
        while (true)
        {
            var charged = Interlocked.Read(ref _charged);
            if (charged == Gone)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _charged, bytes, charged) == charged)
            {
                usage.Add(charged == 0 ? 1 : 0, bytes - charged);
                _current = answer;
                Volatile.Write(ref _renewing, 0);
                return true;
            }
        }
    }

    /// <summary>Prolongs the answer's life.</summary>
    /// <param name="seen">The answer that was found.</param>
    /// <param name="renewed">The same with a new life: it takes no more room.</param>
    /// <returns>False when it was replaced meanwhile, or the entry has left the cache.</returns>
    public bool TryRenew(LocalAnswer seen, LocalAnswer renewed)
    {
        var isRenewed = Interlocked.CompareExchange(ref _current, renewed, seen) == seen && Interlocked.Read(ref _charged) != Gone;
        Volatile.Write(ref _renewing, 0);
        return isRenewed;
    }

    /// <summary>Called by the library for entries that it evicts.</summary>
    public void Dispose()
    {
        if (Release())
        {
            usage.Evicted();
        }
    }

    /// <summary>Gives back what the entry was charged.</summary>
    /// <returns>False when that was done before, or the entry never got in.</returns>
    public bool Release()
    {
        var charged = Interlocked.Exchange(ref _charged, Gone);
        if (charged > 0)
        {
            usage.Add(-1, -charged);
        }

        return charged > 0;
    }
}
