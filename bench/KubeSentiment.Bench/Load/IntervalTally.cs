using HdrHistogram;

namespace KubeSentiment.Bench.Load;

/// <summary>What ended since the last interval was taken.</summary>
/// <remarks>Not safe by itself: the lock of the tally that has it guards it.</remarks>
internal sealed class IntervalTally
{
    private readonly LongHistogram _latency = Latency.NewHistogram();
    private readonly long[] _cached = new long[3];
    private long _good;

    /// <summary>A request that ended.</summary>
    /// <param name="ticks">Stopwatch ticks from the time it was due.</param>
    /// <param name="good">Answered with a 2xx status.</param>
    public void Ended(long ticks, bool good)
    {
        _latency.RecordTicks(ticks);
        _good += good ? 1 : 0;
    }

    public void Cached(long level1, long level2, long computed)
    {
        _cached[0] += level1;
        _cached[1] += level2;
        _cached[2] += computed;
    }

    /// <summary>The counts so far; the next interval begins with nothing.</summary>
    public IntervalCounts Take()
    {
        var counts = new IntervalCounts(_latency.TotalCount, _good, Latency.Of(_latency), new CachedCounts(_cached[0], _cached[1], _cached[2]));
        _latency.Reset();
        Array.Clear(_cached);
        _good = 0;
        return counts;
    }
}

/// <summary>The requests that ended in one interval of a run.</summary>
/// <param name="Requests">All of them, whatever became of them.</param>
/// <param name="Good">Answered with a 2xx status.</param>
/// <param name="Latency">From the time a request was due.</param>
/// <param name="Cached">All 0 unless the field is counted.</param>
internal sealed record IntervalCounts(long Requests, long Good, Latency Latency, CachedCounts Cached);
