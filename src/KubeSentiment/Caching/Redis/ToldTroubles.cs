namespace KubeSentiment.Caching.Redis;

/// <summary>Why there is no connection, told once for each reason while it lasts, and once a minute where connections come and go. For many threads.</summary>
/// <remarks>A Redis that loads its data takes connections and ends them again, more than once a second.</remarks>
internal sealed class ToldTroubles(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // Guarded by _lock: the reasons are those of RedisErrors.
    private readonly Dictionary<string, long> _toldAt = [];

    // What was told last; null since there is a connection again.
    private string? _current;

    /// <summary>Whether a reason is to be told now.</summary>
    /// <param name="trouble">The reason; null when there is a connection.</param>
    public bool IsNews(string? trouble)
    {
        lock (_lock)
        {
            if (trouble is null || trouble == _current)
            {
                _current = trouble;
                return false;
            }

            var now = time.GetTimestamp();
            if (_toldAt.TryGetValue(trouble, out var at) && time.GetElapsedTime(at, now) < Pause)
            {
                return false;
            }

            _toldAt[trouble] = now;
            _current = trouble;
            return true;
        }
    }
}
