using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace KubeSentiment.Anomalies;

/// <summary>Keeps odd predictions for review: the newest of them, for a while.</summary>
/// <remarks>
/// <para>
/// A list in the order of finding, and two tables into it, by id and by the text's hash. Everything but reading a range takes constant time. One lock guards it all: it is
/// taken for odd predictions only, and for some ten nanoseconds. A reader of the whole buffer holds it for up to a tenth of a millisecond (10,000 entries).
/// </para>
/// <para>
/// A text is kept once. While its entry lives, adding it again changes nothing, whether it is a replay of the same message or request or the same text from elsewhere: what
/// is popular and odd would otherwise push out everything else. The hash is of the whole text and is kept even where no texts are, so that this holds there, too.
/// </para>
/// <para>What is past its time is never returned, though it takes up its place until it is cleaned up or pushed out.</para>
/// </remarks>
public sealed class AnomalyBuffer
{
    /// <summary>Bytes an entry takes beside its characters: objects, list and table nodes. Measured; a test holds it to the heap's growth.</summary>
    internal const int EntryOverhead = 400;

    private readonly int _maxTextLength;
    private readonly TimeSpan _defaultTtl;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // All below are guarded by _lock. The list begins with the oldest.
    private readonly LinkedList<Kept> _entries = [];
    private readonly Dictionary<Guid, LinkedListNode<Kept>> _byId = [];
    private readonly Dictionary<UInt128, LinkedListNode<Kept>> _byText = [];
    private readonly int[] _types = new int[AnomalyTypes.All.Count];
    private long _bytes;
    private long _added;
    private long _repeated;
    private long _evictedForSize;
    private long _expired;

    internal AnomalyBuffer(AnomalyOptions options, AnomalyMetrics metrics, TimeProvider time)
    {
        Capacity = options.MaxSize;
        _maxTextLength = options.MaxTextLength;
        _defaultTtl = options.DefaultTtl;
        _time = time;
        metrics.Observe(this);
    }

    /// <summary>Most odd predictions that are kept.</summary>
    public int Capacity { get; }

    /// <summary>How many are in memory, those past their time and not yet cleaned up included.</summary>
    public int Count => Read(buffer => buffer._entries.Count);

    /// <summary>What they take in memory.</summary>
    internal long Bytes => Read(buffer => buffer._bytes);

    internal long EvictedForSize => Read(buffer => buffer._evictedForSize);

    internal long Expired => Read(buffer => buffer._expired);

    /// <summary>Keeps an odd prediction. When the buffer is full, the oldest leaves.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="ttl">How long it is kept, above zero; null is <c>MLOPS_ANOMALY_BUFFER_DEFAULT_TTL</c>.</param>
    /// <returns>The id of its entry: its own, or that of the entry that its text has already.</returns>
    public Guid Add(in OddPrediction prediction, TimeSpan? ttl = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prediction.Anomalies.Count, nameof(prediction));
        var life = ttl ?? _defaultTtl;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(life, TimeSpan.Zero, nameof(ttl));
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(prediction.Text.AsSpan()));
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (Find_NeedsLock(prediction.Id, now) is { } same)
            {
                _repeated++;
                return same.Entry.Id;
            }

            if (_byText.TryGetValue(hash, out var node))
            {
                if (now < node.Value.ExpiresAt)
                {
                    _repeated++;
                    return node.Value.Entry.Id;
                }

                Expire_NeedsLock(node);
            }

            MakeRoom_NeedsLock(now);
            Insert_NeedsLock(new Kept(Entry(prediction, life), hash, now + (long)(life.TotalSeconds * _time.TimestampFrequency)));
            return prediction.Id;
        }
    }

    /// <summary>The entry with this id; null when there is none, or none any more.</summary>
    public AnomalyEntry? Get(Guid id)
    {
        lock (_lock)
        {
            return Find_NeedsLock(id, _time.GetTimestamp())?.Entry;
        }
    }

    /// <summary>The newest entries, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="minScore">Least score, 0..1, of an anomaly of the type.</param>
    /// <param name="type">Only those of this type; null is any.</param>
    public IReadOnlyList<AnomalyEntry> GetRecent(int limit, double minScore = 0, AnomalyType? type = null)
    {
        List<AnomalyEntry> recent = [];
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            for (var node = _entries.Last; node is not null && recent.Count < limit; node = node.Previous)
            {
                if (now < node.Value.ExpiresAt && node.Value.Entry.Matches(type, minScore))
                {
                    recent.Add(node.Value.Entry);
                }
            }
        }

        return recent;
    }

    /// <summary>What the buffer holds, and what it did since the start.</summary>
    public AnomalyBufferStatistics GetStatistics()
    {
        lock (_lock)
        {
            RemoveExpired_NeedsLock();
            return new AnomalyBufferStatistics(
                _entries.Count,
                Capacity,
                _bytes,
                _added,
                _repeated,
                _evictedForSize,
                _expired,
                AnomalyTypes.All.ToDictionary(type => type, type => _types[(int)type]),
                _entries.First?.Value.Entry.DetectedAt,
                _entries.Last?.Value.Entry.DetectedAt);
        }
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>How many entries there were, those past their time not counted.</returns>
    public int Clear()
    {
        lock (_lock)
        {
            RemoveExpired_NeedsLock();
            var removed = _entries.Count;
            _entries.Clear();
            _byId.Clear();
            _byText.Clear();
            Array.Clear(_types);
            _bytes = 0;
            return removed;
        }
    }

    /// <summary>Takes out what is past its time.</summary>
    /// <returns>How many entries that were.</returns>
    internal int RemoveExpired()
    {
        lock (_lock)
        {
            return RemoveExpired_NeedsLock();
        }
    }

    /// <summary>Checks that the list, the tables and the accounts tell the same.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    internal string? FindFault()
    {
        lock (_lock)
        {
            var (bytes, types) = (0L, new int[_types.Length]);
            var before = DateTimeOffset.MinValue;
            for (var node = _entries.First; node is not null; node = node.Next)
            {
                var entry = node.Value.Entry;
                if (entry.DetectedAt < before || _byId.GetValueOrDefault(entry.Id) != node || _byText.GetValueOrDefault(node.Value.TextHash) != node)
                {
                    return $"Entry {entry.Id} is out of order or not where the tables say.";
                }

                before = entry.DetectedAt;
                bytes += SizeOf(entry);
                CountTypes(types, entry, 1);
            }

            return _entries.Count > Capacity ? "There are more entries than the capacity."
                : _byId.Count != _entries.Count || _byText.Count != _entries.Count ? "A table holds what the list does not."
                : bytes != _bytes ? $"The entries take {bytes} bytes, not {_bytes}."
                : !types.AsSpan().SequenceEqual(_types) ? "The types are miscounted."
                : null;
        }
    }

    private static long SizeOf(AnomalyEntry entry) =>
        EntryOverhead + (sizeof(char) * ((entry.Text?.Length ?? 0) + (long)(entry.Source?.Length ?? 0)));

    private static void CountTypes(int[] types, AnomalyEntry entry, int by)
    {
        foreach (var anomaly in entry.Anomalies)
        {
            types[(int)anomaly.Type] += by;
        }
    }

    private AnomalyEntry Entry(in OddPrediction prediction, TimeSpan life)
    {
        var now = _time.GetUtcNow();
        return new AnomalyEntry(
            prediction.Id,
            Cut(prediction.Text),
            CodePoints(prediction.Text),
            prediction.Label,
            prediction.Score,
            prediction.Anomalies,
            prediction.Source,
            now,
            now + life);
    }

    private string? Cut(string text)
    {
        if (_maxTextLength == 0 || text.Length <= _maxTextLength)
        {
            return _maxTextLength == 0 ? null : text;
        }

        // Half of a character is none.
        return text[..(char.IsHighSurrogate(text[_maxTextLength - 1]) ? _maxTextLength - 1 : _maxTextLength)];
    }

    private static int CodePoints(string text)
    {
        var length = text.Length;
        foreach (var unit in text)
        {
            length -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return length;
    }

    private T Read<T>(Func<AnomalyBuffer, T> read)
    {
        lock (_lock)
        {
            return read(this);
        }
    }

    private Kept? Find_NeedsLock(Guid id, long now) => _byId.TryGetValue(id, out var node) && now < node.Value.ExpiresAt ? node.Value : null;

    private void MakeRoom_NeedsLock(long now)
    {
        if (_entries.Count < Capacity)
        {
            return;
        }

        var oldest = _entries.First!;
        if (now < oldest.Value.ExpiresAt)
        {
            _evictedForSize++;
            Remove_NeedsLock(oldest);
        }
        else
        {
            Expire_NeedsLock(oldest);
        }
    }

    private void Insert_NeedsLock(Kept kept)
    {
        // An entry past its time may still have the id.
        if (_byId.TryGetValue(kept.Entry.Id, out var expired))
        {
            Expire_NeedsLock(expired);
        }

        var node = _entries.AddLast(kept);
        _byId.Add(kept.Entry.Id, node);
        _byText.Add(kept.TextHash, node);
        CountTypes(_types, kept.Entry, 1);
        _bytes += SizeOf(kept.Entry);
        _added++;
    }

    private int RemoveExpired_NeedsLock()
    {
        var (now, removed) = (_time.GetTimestamp(), 0);
        for (var node = _entries.First; node is not null;)
        {
            var next = node.Next;
            if (now >= node.Value.ExpiresAt)
            {
                Expire_NeedsLock(node);
                removed++;
            }

            node = next;
        }

        return removed;
    }

    private void Expire_NeedsLock(LinkedListNode<Kept> node)
    {
        _expired++;
        Remove_NeedsLock(node);
    }

    private void Remove_NeedsLock(LinkedListNode<Kept> node)
    {
        var (entry, hash, _) = node.Value;
        _entries.Remove(node);
        _byId.Remove(entry.Id);
        _byText.Remove(hash);
        CountTypes(_types, entry, -1);
        _bytes -= SizeOf(entry);
    }

    /// <summary>An entry and what the buffer needs to find and forget it.</summary>
    /// <param name="Entry">What readers get.</param>
    /// <param name="TextHash">Of the whole text.</param>
    /// <param name="ExpiresAt">Timestamp from which it is past its time.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Kept(AnomalyEntry Entry, UInt128 TextHash, long ExpiresAt);
}
