namespace KubeSentiment.Caching.Redis;

/// <summary>Counts a silence once, however many calls it keeps waiting.</summary>
/// <remarks>
/// A short pause of Redis, of the network or of this process uses up the budget of every call under way, all at the same moment. That is one failure and not as many as there
/// were calls: a busy replica would otherwise leave a healthy Redis alone for a whole recovery timeout after each pause. So a call that began before the last counted
/// silence ended tells nothing new; a Redis that stays silent is found out by the calls that begin after it.
/// </remarks>
internal sealed class Silences(TimeProvider time)
{
    // Interlocked.
    private long _lastEnd = long.MinValue;

    /// <summary>Whether a call that got no answer tells of a silence that was not counted yet; true once for each.</summary>
    /// <param name="started">Timestamp at which the call began.</param>
    public bool IsNew(long started)
    {
        var last = Volatile.Read(ref _lastEnd);
        while (started >= last)
        {
            var found = Interlocked.CompareExchange(ref _lastEnd, time.GetTimestamp(), last);
            if (found == last)
            {
                return true;
            }

            last = found;
        }

        return false;
    }
}
