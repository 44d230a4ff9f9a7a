namespace KubeSentiment.Load;

/// <summary>The responses of the last minute.</summary>
/// <param name="Responses">How many there were.</param>
/// <param name="PerSecond">How many a second; over the time since the start while that is shorter, but never less than one second.</param>
/// <param name="ErrorRate">Share that failed, 0..1.</param>
/// <param name="MeanTime">Mean response time.</param>
/// <param name="P95Time">The time in which 95 % were answered, to within 6 %.</param>
internal sealed record ResponseStatistics(long Responses, double PerSecond, double ErrorRate, TimeSpan MeanTime, TimeSpan P95Time);

/// <summary>Keeps the responses of the last minute in a ring of one-second buckets.</summary>
/// <remarks>
/// A bucket belongs to its second for ever. The first response of a new second swaps a fresh bucket into the ring, so nothing is ever reset under a writer; a
/// writer that was held up writes into its own second, or into a bucket that nobody reads any more.
/// </remarks>
internal sealed class ResponseWindow(TimeProvider time)
{
    /// <summary>As long as the window that the autoscaler's rules look at.</summary>
    public const int Seconds = 60;

    private readonly long _started = time.GetTimestamp();

    // Swapped whole, by compare-and-swap.
    private readonly ResponseBucket?[] _ring = new ResponseBucket?[Seconds];

    public void Add(TimeSpan duration, bool failed) => Bucket((long)time.GetElapsedTime(_started).TotalSeconds).Add(duration, failed);

    public ResponseStatistics Read()
    {
        var elapsed = time.GetElapsedTime(_started).TotalSeconds;
        var second = (long)elapsed;
        Span<long> counts = stackalloc long[ResponseBucket.Slots];
        counts.Clear();
        long ticks = 0;
        long failed = 0;
        foreach (ref var slot in _ring.AsSpan())
        {
            if (Volatile.Read(ref slot) is { } bucket && bucket.Second > second - Seconds)
            {
                bucket.AddTo(counts);
                ticks += bucket.Ticks;
                failed += bucket.Failed;
            }
        }

        long responses = 0;
        foreach (var count in counts)
        {
            responses += count;
        }

        // The current second counts for the part of it that has passed.
        var span = Math.Clamp(elapsed, 1, Seconds - 1 + elapsed - second);
        return responses == 0
            ? new ResponseStatistics(0, 0, 0, TimeSpan.Zero, TimeSpan.Zero)
            : new ResponseStatistics(
                responses, responses / span, Math.Min(1, (double)failed / responses), TimeSpan.FromTicks(ticks / responses), Quantile(counts, responses, 0.95));
    }

    private static TimeSpan Quantile(ReadOnlySpan<long> counts, long total, double share)
    {
        var rank = (long)Math.Ceiling(total * share);
        var slot = -1;
        for (long seen = 0; seen < rank && slot < counts.Length - 1;)
        {
            seen += counts[++slot];
        }

        return ResponseBucket.Duration(slot);
    }

    private ResponseBucket Bucket(long second)
    {
        ref var slot = ref _ring[second % Seconds];
        var bucket = Volatile.Read(ref slot);
        while (bucket is null || bucket.Second < second)
        {
            var fresh = new ResponseBucket(second);
            var found = Interlocked.CompareExchange(ref slot, fresh, bucket);
            bucket = ReferenceEquals(found, bucket) ? fresh : found;
        }

        return bucket;
    }
}
