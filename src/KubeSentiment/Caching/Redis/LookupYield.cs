namespace KubeSentiment.Caching.Redis;

/// <summary>Tells from what lookups found lately whether the next one pays.</summary>
/// <remarks>
/// A lookup costs a twentieth of what a hit saves. Where fewer than one text in a hundred is found, as in a stream of texts that nobody sent before, lookups cost more than they save; then there is one
/// every <see cref="Pause"/> at most, to notice when that changes: with 40 % of hits within a second. A replica that is asked less often than that goes on looking up everything. So does a new one,
/// and thousands of misses in a row come before it stops.
/// </remarks>
internal sealed class LookupYield(TimeProvider time)
{
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of one text: half of the share is made by the last 700.</summary>
    private const double Weight = 1.0 / 1024;

    private const double LeastShare = 0.01;

    /// <summary>While most lookups are left out, each that is not teaches as much as so many: that it pays again is noticed as soon as with a shorter pause.</summary>
    private const int StandsFor = 5;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private double _share = 1;
    private long _lastLook;

    /// <summary>Whether to look, now.</summary>
    public bool Pays()
    {
        lock (_lock)
        {
            if (_share < LeastShare && time.GetElapsedTime(_lastLook) < Pause)
            {
                return false;
            }

            _lastLook = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>Learns from a lookup that Redis answered.</summary>
    /// <param name="texts">Looked up, one at least.</param>
    /// <param name="hits">Found.</param>
    public void Learn(int texts, int hits)
    {
        lock (_lock)
        {
            var seen = _share < LeastShare ? texts * StandsFor : texts;
            _share += (((double)hits / texts) - _share) * (1 - Math.Pow(1 - Weight, seen));
        }
    }
}
