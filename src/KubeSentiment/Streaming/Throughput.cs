namespace KubeSentiment.Streaming;

/// <summary>Messages a second over the last seconds. For many threads.</summary>
internal sealed class Throughput(TimeProvider time)
{
    /// <summary>Long enough to even out batches, short enough to show a stop.</summary>
    private const int Seconds = 10;

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();

    // Guarded by _lock: a slot a second, the current one included, and the second each slot is of.
    private readonly long[] _counts = new long[Seconds + 1];
    private readonly long[] _seconds = new long[Seconds + 1];

    public void Add(int messages)
    {
        lock (_lock)
        {
            var now = Now();
            var slot = now % _counts.Length;
            if (_seconds[slot] != now)
            {
                _seconds[slot] = now;
                _counts[slot] = 0;
            }

            _counts[slot] += messages;
        }
    }

    /// <summary>The mean over the last whole seconds, at most ten.</summary>
    public double PerSecond()
    {
        lock (_lock)
        {
            var now = Now();
            var over = Math.Min(now, Seconds);
            long sum = 0;
            for (var slot = 0; slot < _counts.Length; slot++)
            {
                sum += _seconds[slot] < now && _seconds[slot] >= now - over ? _counts[slot] : 0;
            }

            return over == 0 ? 0 : (double)sum / over;
        }
    }

    private long Now() => (long)time.GetElapsedTime(_started).TotalSeconds;
}
