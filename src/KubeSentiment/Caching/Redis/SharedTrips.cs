using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Sends a lookup of some keys.</summary>
/// <returns>A value for each key, in order; null where there is none.</returns>
internal delegate Task<RedisValue[]> SendLookup(RedisKey[] keys);

/// <summary>The lookups of many callers over one connection: those that come while one is under way go together in the next.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>With nothing under way a lookup departs at once: an idle service loses nothing. A busy one pays for one command, one write and one reply where it paid for many.</item>
/// <item>Who comes when a trip takes longer than <c>patience</c> departs at once and takes along those who wait. So a reply that does not come holds up a busy service no longer;
/// where nobody comes, those who wait give up when their budget is used up, as who is under way does.</item>
/// <item>A trip holds at most <see cref="MostKeys"/> keys, unless one lookup alone has more.</item>
/// <item>A trip that fails has failed for all in it, and for nobody else.</item>
/// <item>Who asked for one key goes on at the thread that brought the reply, while the next trip is under way: waking a thread for each costs more than most of them have to do.
/// The other callers of the trip wait for it, so who does more leaves that thread. Who asked for several keys goes on at the pool.</item>
/// </list>
/// </remarks>
internal sealed class SharedTrips(SendLookup send, TimeProvider time, TimeSpan patience)
{
    public const int MostKeys = 256;

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Queue<Lookup> _waiting = [];
    private long _lastTrip;
    private long _departed;
    private bool _isUnderWay;

    /// <summary>Lookups that wait for a trip to end.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Looks keys up, alone or together with others.</summary>
    /// <returns>A value for each key, in order; fails as the trip does.</returns>
    public Task<RedisValue[]> GetAsync(RedisKey[] keys)
    {
        var lookup = new Lookup(keys);
        List<Lookup> trip;
        long number;
        lock (_lock)
        {
            _waiting.Enqueue(lookup);
            if (_isUnderWay && time.GetElapsedTime(_departed) < patience)
            {
                return lookup.Values;
            }

            (trip, number) = (Board_NeedsLock(), ++_lastTrip);
        }

        _ = TravelAsync(trip, number);
        return lookup.Values;
    }

    /// <summary>Makes a trip; at its end the next one departs, unless a later one has gone without waiting for this. Only then are the answers handed out: who gets one goes on here.</summary>
    private async Task TravelAsync(List<Lookup> trip, long number)
    {
        RedisValue[] values = [];
        Exception? failure = null;
        try
        {
            RedisKey[] keys = trip is [var only] ? only.Keys : [.. trip.SelectMany(lookup => lookup.Keys)];
            values = await send(keys);
            if (values.Length < keys.Length)
            {
                throw new InvalidOperationException($"Redis answered with {values.Length} values to {keys.Length} keys.");
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        List<Lookup> next;
        lock (_lock)
        {
            next = number == _lastTrip ? Board_NeedsLock() : [];
        }

        if (next.Count > 0)
        {
            _ = TravelAsync(next, number);
        }

        var at = 0;
        foreach (var lookup in trip)
        {
            if (failure is null)
            {
                lookup.Answer(values, at);
            }
            else
            {
                lookup.Fail(failure);
            }

            at += lookup.Keys.Length;
        }
    }

    private List<Lookup> Board_NeedsLock()
    {
        List<Lookup> trip = [];
        for (var keys = 0; _waiting.TryPeek(out var next) && (trip.Count == 0 || keys + next.Keys.Length <= MostKeys); keys += next.Keys.Length)
        {
            trip.Add(_waiting.Dequeue());
        }

        _isUnderWay = trip.Count > 0;
        _departed = time.GetTimestamp();
        return trip;
    }

    private sealed class Lookup(RedisKey[] keys)
    {
        private readonly TaskCompletionSource<RedisValue[]> _values = new(keys.Length == 1 ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

        public RedisKey[] Keys => keys;

        public Task<RedisValue[]> Values => _values.Task;

        /// <summary>Takes its part of a trip's values.</summary>
        public void Answer(RedisValue[] values, int at) => _values.SetResult(values.Length == keys.Length ? values : values[at..(at + keys.Length)]);

        public void Fail(Exception e) => _values.TrySetException(e);
    }
}
