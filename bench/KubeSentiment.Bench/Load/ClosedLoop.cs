using System.Diagnostics;

namespace KubeSentiment.Bench.Load;

/// <summary>The next request is due when the connection is free: measures capacity, and hides waiting by its nature.</summary>
internal sealed class ClosedLoop(long? requests) : IArrivals
{
    private long _number = -1;
    private long _counted;
    private long _end = long.MaxValue;
    private volatile bool _counting;
    private volatile bool _stopped;

    public ValueTask<Arrival> NextAsync(Turn turn)
    {
        var (counts, now) = (_counting, Stopwatch.GetTimestamp());
        if (_stopped || now >= Interlocked.Read(ref _end) || (counts && Interlocked.Increment(ref _counted) > requests))
        {
            return new(Arrival.None);
        }

        return new(new Arrival(Interlocked.Increment(ref _number), now, counts));
    }

    public void BeginCounting(long end)
    {
        Interlocked.Exchange(ref _end, end);
        _counting = true;
    }

    public void StopArriving() => _stopped = true;

    public IReadOnlyList<long> Abandon()
    {
        _stopped = true;
        return [];
    }
}
