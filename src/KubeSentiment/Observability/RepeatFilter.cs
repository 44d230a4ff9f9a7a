namespace KubeSentiment.Observability;

/// <summary>Lets the first trouble of a kind through, and while it comes again and again, one a minute. For many threads.</summary>
/// <remarks>While a broker is away each client says so every second, some hundred lines a minute. A kind that was quiet for a while is news again.</remarks>
/// <typeparam name="T">The kind: one of few, because each is remembered.</typeparam>
internal sealed class RepeatFilter<T>(TimeProvider time)
    where T : notnull
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Dictionary<T, Kind> _kinds = [];

    /// <summary>Whether an error is to be told.</summary>
    /// <param name="code">Its kind.</param>
    /// <param name="leftOut">How many of the kind were not told since the last that was.</param>
    public bool IsNews(T code, out int leftOut)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isNews = !_kinds.TryGetValue(code, out var kind) || time.GetElapsedTime(kind.Seen, now) > Quiet || time.GetElapsedTime(kind.Told, now) >= Reminder;
            leftOut = kind?.LeftOut ?? 0;
            _kinds[code] = isNews ? new Kind(now, now, 0) : kind! with { Seen = now, LeftOut = leftOut + 1 };
            return isNews;
        }
    }

    /// <summary>When errors of a kind came and were told last, and how many were left out since.</summary>
    private sealed record Kind(long Seen, long Told, int LeftOut);
}
