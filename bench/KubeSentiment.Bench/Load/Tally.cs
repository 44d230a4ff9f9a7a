using System.Diagnostics;
using HdrHistogram;

namespace KubeSentiment.Bench.Load;

/// <summary>Counts of one run.</summary>
/// <remarks>One lock for all connections: nearly every answer is handled on the one socket thread, so it is hardly ever contended.</remarks>
internal sealed class Tally
{
    private const int Refusal = 503;

    private readonly Lock _lock = new();
    private readonly LongHistogram _latency = Latency.NewHistogram(); // guarded by _lock, as all below
    private readonly LongHistogram _service = Latency.NewHistogram();
    private readonly LongHistogram _good = Latency.NewHistogram();
    private readonly LongHistogram _refused = Latency.NewHistogram();
    private readonly Dictionary<int, long> _statuses = [];
    private readonly Dictionary<string, long> _failures = new(StringComparer.Ordinal);
    private readonly long[] _cached = new long[3];
    private readonly IntervalTally _interval = new();
    private long _lastCompletion;
    private long _bytes;

    /// <summary>A whole answer arrived.</summary>
    public void Answered(Arrival arrival, long sent, int status, int bytes)
    {
        if (!arrival.Counted)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            _latency.RecordTicks(now - arrival.Due);
            _interval.Ended(now - arrival.Due, status is >= 200 and < 300);
            _service.RecordTicks(now - sent);
            if (status is >= 200 and < 300)
            {
                _good.RecordTicks(now - arrival.Due);
            }
            else if (status == Refusal)
            {
                _refused.RecordTicks(now - sent);
            }

            _statuses[status] = _statuses.GetValueOrDefault(status) + 1;
            _lastCompletion = now;
            _bytes += bytes;
        }
    }

    /// <summary>The request failed below HTTP. Its time counts too: leaving it out would flatter the server.</summary>
    public void Failed(Arrival arrival, string kind)
    {
        if (arrival.Counted)
        {
            Failed(kind, Stopwatch.GetTimestamp() - arrival.Due);
        }
    }

    /// <summary>A request that waited this long (Stopwatch ticks) and then failed or was never sent.</summary>
    public void Failed(string kind, long waited)
    {
        lock (_lock)
        {
            _latency.RecordTicks(waited);
            _interval.Ended(waited, good: false);
            _failures[kind] = _failures.GetValueOrDefault(kind) + 1;
            _lastCompletion = Stopwatch.GetTimestamp();
        }
    }

    public void Cached(long level1, long level2, long computed)
    {
        lock (_lock)
        {
            _cached[0] += level1;
            _cached[1] += level2;
            _cached[2] += computed;
            _interval.Cached(level1, level2, computed);
        }
    }

    /// <summary>What ended since the last call.</summary>
    public IntervalCounts TakeInterval()
    {
        lock (_lock)
        {
            return _interval.Take();
        }
    }

    /// <summary>The counts so far, with rates over the time from <paramref name="opened"/> to the last completion.</summary>
    public LoadResult Result(long opened, int textsPerRequest, bool countCached)
    {
        lock (_lock)
        {
            var seconds = Math.Max(_lastCompletion - opened, 1) / (double)Stopwatch.Frequency;
            var answered = _statuses.Values.Sum();
            var good = _statuses.Where(s => s.Key is >= 200 and < 300).Sum(s => s.Value);
            return new LoadResult
            {
                Seconds = seconds,
                Requests = answered + _failures.Values.Sum(),
                Good = good,
                Statuses = _statuses.OrderBy(s => s.Key).ToDictionary(s => $"{s.Key}", s => s.Value),
                Failures = new(_failures),
                RequestsPerSecond = good / seconds,
                TextsPerSecond = good * textsPerRequest / seconds,
                BytesPerAnswer = answered == 0 ? 0 : _bytes / answered,
                Latency = Latency.Of(_latency),
                FromSend = Latency.Of(_service),
                Accepted = Latency.Of(_good),
                Refused = _refused.TotalCount == 0 ? null : Latency.Of(_refused),
                Cached = countCached ? new CachedCounts(_cached[0], _cached[1], _cached[2]) : null,
            };
        }
    }
}
