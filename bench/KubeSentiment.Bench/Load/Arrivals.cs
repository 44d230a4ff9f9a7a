namespace KubeSentiment.Bench.Load;

/// <summary>One request to send.</summary>
/// <param name="Number">Position in the replay; negative when there is nothing more to send.</param>
/// <param name="Due">When it should be sent (Stopwatch ticks): latency counts from here.</param>
/// <param name="Counted">False for warm-up.</param>
internal readonly record struct Arrival(long Number, long Due, bool Counted)
{
    public static Arrival None => new(-1, 0, Counted: false);

    public bool IsNone => Number < 0;
}

/// <summary>Decides when the next request is sent: at once in a closed loop, on a schedule in an open one.</summary>
internal interface IArrivals
{
    /// <summary>The next request for an idle connection; <see cref="Arrival.None"/> ends the connection.</summary>
    /// <param name="turn">The connection's own place to wait.</param>
    public ValueTask<Arrival> NextAsync(Turn turn);

    /// <summary>From now on requests count, up to the number asked for and to those due before <paramref name="end"/> (Stopwatch ticks).</summary>
    public void BeginCounting(long end);

    /// <summary>No new request falls due; those due already are still sent.</summary>
    public void StopArriving();

    /// <summary>Gives up what is due and unsent, so that every connection ends.</summary>
    /// <returns>The waiting of each request given up, in Stopwatch ticks.</returns>
    public IReadOnlyList<long> Abandon();
}
