namespace KubeSentiment.Caching;

/// <summary>What the entries of one type take up in memory. All fields are interlocked.</summary>
internal sealed class LocalUsage
{
    private long _entries;
    private long _bytes;
    private long _evictions;

    public long Entries => Interlocked.Read(ref _entries);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Entries that had to leave because the cache was full.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    public void Add(int entries, long bytes)
    {
        Interlocked.Add(ref _entries, entries);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Evicted() => Interlocked.Increment(ref _evictions);
}
