using System.Diagnostics.CodeAnalysis;
using BitFaster.Caching;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Lru;
using BitFaster.Caching.Scheduler;

namespace KubeSentiment.Caching;

/// <summary>The first level: answers in this process, by text, bounded by entries and by bytes.</summary>
/// <remarks>
/// <para>Entries are bounded by BitFaster.Caching: W-TinyLFU (Einziger, Friedman, Manes 2017), which lets a newcomer in only when it is asked for more often than
/// the entry it would push out, or LRU. Bytes are bounded here: each entry is charged for its text, its values and <see cref="EntryOverhead"/>, and when the sum
/// is over the bound, one thread takes out as many of the least wanted entries as brings it a little below.</para>
/// <para>The library puts off its accounts and settles some at a time. Whoever comes when that is due does it, for a microsecond or two: to hand it to the pool, as the library's own choice is, wakes a thread for
/// each entry that is added, which costs more.</para>
/// <para>An entry that is past its life is never returned; it is taken out by the lookup that finds it, or by eviction.</para>
/// </remarks>
internal sealed class LocalCache
{
    /// <summary>Bytes an entry takes beside its characters and values: objects, dictionary and list nodes. Measured; a test holds it to the heap's growth.</summary>
    public const int EntryOverhead = 400;

    /// <summary>An entry over this part of the bytes would push out too many others.</summary>
    private const int LargestShare = 16;

    /// <summary>Trimming frees this part more than it must, so that not every further entry trims again.</summary>
    private const int TrimSlack = 32;

    /// <summary>Whoever loses this often against eviction does without: the answer is only not remembered.</summary>
    private const int SetTries = 3;

    private readonly ICache<LocalKey, LocalEntry> _entries;
    private readonly Action _settle;
    private readonly TimeProvider _time;
    private readonly long _maxBytes;
    private readonly LocalUsage[] _usage = [.. CacheTypes.All.Select(_ => new LocalUsage())];

    // Interlocked: 1 while a thread trims.
    private int _trimming;

    // Interlocked.
    private int _clearings;

    public LocalCache(int maxEntries, long maxBytes, EvictionPolicy policy, TimeProvider time)
    {
        _maxBytes = maxBytes;
        _time = time;
        if (policy == EvictionPolicy.Lru)
        {
            _entries = new ConcurrentLru<LocalKey, LocalEntry>(Environment.ProcessorCount, maxEntries, EqualityComparer<LocalKey>.Default);
            _settle = static () => { };
        }
        else
        {
            var lfu = new ConcurrentLfu<LocalKey, LocalEntry>(
                Environment.ProcessorCount, maxEntries, new ForegroundScheduler(), EqualityComparer<LocalKey>.Default);
            _entries = lfu;
            _settle = lfu.DoMaintenance;
        }
    }

    public long Bytes
    {
        get
        {
            var bytes = 0L;
            foreach (var usage in _usage)
            {
                bytes += usage.Bytes;
            }

            return bytes;
        }
    }

    public LocalUsage UsageOf(CacheType type) => _usage[(int)type];

    /// <summary>Finds a living entry. Allocates nothing.</summary>
    /// <param name="key">Where.</param>
    /// <param name="entry">The entry, its hit counted.</param>
    /// <param name="answer">What it holds.</param>
    /// <param name="due">Whether it is in the second half of its life.</param>
    public bool TryGet(LocalKey key, [NotNullWhen(true)] out LocalEntry? entry, [NotNullWhen(true)] out LocalAnswer? answer, out bool due)
    {
        if (_entries.TryGet(key, out entry))
        {
            answer = entry.Current;
            var now = _time.GetTimestamp();
            if (now < answer.ExpiresAt)
            {
                entry.Hit();
                due = now >= answer.RenewAt;
                return true;
            }

            Remove(key, entry);
        }

        (entry, answer, due) = (null, null, false);
        return false;
    }

    /// <summary>Adds an answer or replaces that of its key; one that is too large is not kept, and the one before it neither.</summary>
    /// <param name="key">Where.</param>
    /// <param name="answer">What.</param>
    /// <param name="sharedKey">Its name in Redis.</param>
    /// <param name="ttl">How long it lives from its last renewal.</param>
    /// <param name="remaining">What is left of that; at most <paramref name="ttl"/>.</param>
    public void Set(LocalKey key, CachedAnswer answer, CacheKey sharedKey, TimeSpan ttl, TimeSpan remaining)
    {
        var bytes = SizeOf(key, answer);
        if (bytes > _maxBytes / LargestShare)
        {
            // What was there is not the answer any more.
            Remove(key);
            return;
        }

        var current = Living(answer, sharedKey, ttl, remaining);
        for (var tries = 0; tries < SetTries; tries++)
        {
            var entry = _entries.GetOrAdd(key, static (_, made) => new LocalEntry(made.Usage, made.Current), (Usage: UsageOf(key.Type), Current: current));
            if (entry.TrySet(current, bytes))
            {
                break;
            }

            // It was evicted since GetOrAdd found it: the next round makes another.
            _entries.TryRemove(KeyValuePair.Create(key, entry));
        }

        TrimToBytes();
    }

    /// <summary>Prolongs the life of an answer that was found.</summary>
    /// <returns>False when it is not the entry's any more, or the entry is gone.</returns>
    public bool TryRenew(LocalEntry entry, LocalAnswer found, TimeSpan ttl) => entry.TryRenew(found, Living(found.Answer, found.Key, ttl, remaining: ttl));

    public bool Remove(LocalKey key) => _entries.TryGet(key, out var entry) && Remove(key, entry);

    /// <summary>Takes out every entry of a namespace.</summary>
    /// <returns>How many there were.</returns>
    public int Clear(string @namespace)
    {
        Interlocked.Increment(ref _clearings);
        var removed = 0;
        foreach (var (key, entry) in _entries)
        {
            removed += key.Namespace == @namespace && Remove(key, entry) ? 1 : 0;
        }

        return removed;
    }

    /// <summary>How often a namespace was taken out, or was begun to be.</summary>
    public int Clearings => Volatile.Read(ref _clearings);

    /// <summary>All entries, in no order; those that come and go meanwhile may or may not be among them.</summary>
    public IEnumerable<KeyValuePair<LocalKey, LocalEntry>> All() => _entries;

    /// <summary>Does what the library has put off. For tests and figures that must be exact.</summary>
    public void Settle() => _settle();

    public static long SizeOf(LocalKey key, CachedAnswer answer) =>
        EntryOverhead + (key.Text.Length * (long)sizeof(char)) + (answer.Values.Length * (long)sizeof(float));

    private LocalAnswer Living(CachedAnswer answer, CacheKey sharedKey, TimeSpan ttl, TimeSpan remaining)
    {
        var expiresAt = _time.GetTimestamp() + ToTicks(remaining);
        return new LocalAnswer(answer, sharedKey, ttl, expiresAt - (ToTicks(ttl) / 2), expiresAt);
    }

    private bool Remove(LocalKey key, LocalEntry entry)
    {
        // Released first, so that the library's own disposal does not count it as evicted.
        var released = entry.Release();
        _entries.TryRemove(KeyValuePair.Create(key, entry));
        return released;
    }

    private void TrimToBytes()
    {
        if (Bytes <= _maxBytes || Interlocked.Exchange(ref _trimming, 1) == 1)
        {
            return;
        }

        try
        {
            for (var bytes = Bytes; bytes > _maxBytes; bytes = Bytes)
            {
                var entries = _usage.Sum(usage => usage.Entries);
                var excess = bytes - _maxBytes + (_maxBytes / TrimSlack);
                _entries.Policy.Eviction.Value!.Trim((int)Math.Max(1, entries * excess / bytes));
                _settle();
                if (Bytes >= bytes)
                {
                    // Others add as fast as this thread takes out; theirs is the next turn.
                    break;
                }
            }
        }
        finally
        {
            Volatile.Write(ref _trimming, 0);
        }
    }

    private long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
