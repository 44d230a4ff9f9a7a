namespace KubeSentiment.Caching;

/// <summary>What happened at one level with one type. All fields are interlocked.</summary>
internal sealed class CacheCounters
{
    private long _hits;
    private long _misses;
    private long _sets;
    private long _errors;

    public long Hits => Interlocked.Read(ref _hits);

    public long Misses => Interlocked.Read(ref _misses);

    public long Sets => Interlocked.Read(ref _sets);

    /// <summary>Calls that failed or took too long, not texts: a batch counts once. Values that are no answer count each.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Missed(int count = 1) => Interlocked.Add(ref _misses, count);

    public void Hit(int count) => Interlocked.Add(ref _hits, count);

    public void Set(int count = 1) => Interlocked.Add(ref _sets, count);

    public void Failed() => Interlocked.Increment(ref _errors);
}
