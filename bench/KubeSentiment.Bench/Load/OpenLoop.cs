using System.Diagnostics;

namespace KubeSentiment.Bench.Load;

/// <summary>Requests fall due on a schedule whether or not answers came back, as from users who do not know of each other.</summary>
/// <remarks>
/// No queue of arrivals is kept: the schedule is a cursor, and a backlog is a cursor that lies in the past. A connection that becomes free takes the arrival
/// at the cursor if it is due, else it becomes idle; the pacer thread wakes at the next due time and gives
/// the turn to the connection that has been idle longest, as if each were another caller's, or shortest, as a connection pool does.
/// Latency counts from the due time, so a stall of the server is seen by every request that fell due during it (no coordinated omission).
/// </remarks>
internal sealed class OpenLoop : IArrivals
{
    // With a backlog there is nothing to pace; this only bounds how late the pacer sees its end.
    private static readonly long BacklogCheckTicks = Stopwatch.Frequency / 5_000;

    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _idle = []; // guarded by _lock; the one idle longest is first
    private readonly bool _pooled;
    private readonly double _ticksPerArrival;
    private readonly Random? _gaps; // guarded by _lock
    private readonly long? _requests;
    private readonly Thread _pacer;
    private double _due; // guarded by _lock, as all below
    private long _number;
    private long _counted;
    private bool _counting;
    private long _end = long.MaxValue;
    private bool _over;

    public OpenLoop(double rate, long? requests, bool poisson, bool pooled, int seed)
    {
        _pooled = pooled;
        _ticksPerArrival = Stopwatch.Frequency / rate;
        _requests = requests;
        _gaps = poisson ? new Random(seed) : null;
        _due = Stopwatch.GetTimestamp() + _ticksPerArrival;
        _pacer = new Thread(Pace) { IsBackground = true, Name = "pacer" };
        _pacer.Start();
    }

    public ValueTask<Arrival> NextAsync(Turn turn)
    {
        lock (_lock)
        {
            if (TryTake_NeedsLock(Stopwatch.GetTimestamp(), out var arrival) || _over)
            {
                return new(arrival);
            }

            _idle.AddLast(turn.Node);
            return turn.WaitAsync();
        }
    }

    public void BeginCounting(long end)
    {
        lock (_lock)
        {
            _end = end;
            _counting = true;
        }
    }

    public void StopArriving()
    {
        lock (_lock)
        {
            _end = Math.Min(_end, Stopwatch.GetTimestamp());
        }
    }

    public IReadOnlyList<long> Abandon()
    {
        lock (_lock)
        {
            var waited = new List<long>();
            var now = Stopwatch.GetTimestamp();
            while (TryTake_NeedsLock(now, out var arrival))
            {
                if (arrival.Counted)
                {
                    waited.Add(now - arrival.Due);
                }
            }

            _over = true;
            return waited;
        }
    }

    private bool TryTake_NeedsLock(long now, out Arrival arrival)
    {
        arrival = Arrival.None;
        if (_due >= _end || (_counting && _counted >= _requests))
        {
            _over = true;
        }

        if (_over || _due > now)
        {
            return false;
        }

        arrival = new Arrival(_number++, (long)_due, _counting);
        _counted += _counting ? 1 : 0;
        _due += _gaps is null ? _ticksPerArrival : -Math.Log(1 - _gaps.NextDouble()) * _ticksPerArrival;
        return true;
    }

    private void Pace()
    {
        MonotonicSleep.SharpenThisThread();
        while (true)
        {
            Turn? turn = null;
            Arrival arrival = default;
            long wake = 0;
            lock (_lock)
            {
                var now = Stopwatch.GetTimestamp();
                if (_idle.Count > 0 && (TryTake_NeedsLock(now, out arrival) || _over))
                {
                    turn = (_pooled ? _idle.Last : _idle.First)!.Value;
                    _idle.Remove(turn.Node);
                }
                else if (_over)
                {
                    return;
                }
                else
                {
                    wake = _due > now ? (long)_due : now + BacklogCheckTicks;
                }
            }

            // Outside the lock: giving the turn runs the connection's send on this thread.
            if (turn is not null)
            {
                turn.Give(arrival);
            }
            else
            {
                MonotonicSleep.Until(Math.Min(wake, Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10)));
            }
        }
    }
}
