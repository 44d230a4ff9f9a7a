namespace KubeSentiment.Caching;

/// <summary>Tells a lookup whether an application has set or deleted the entry while its answer was under way from Redis: the old answer must not come into memory then.</summary>
/// <remarks>
/// A lookup looks at <see cref="Of"/> before it begins, and again before and after it puts the answer into memory. Keys share counters by their hashes, so now and then an answer is left out for a change of
/// another entry, and found in Redis once more.
/// </remarks>
internal sealed class EntryChanges
{
    private const int Counters = 256;

    /// <summary>Equal to no count.</summary>
    private const long Changing = -1;

    // Interlocked.
    private readonly long[] _counts = new long[Counters];
    private int _clearing;

    /// <summary>Counts the changes so far.</summary>
    public long Of(LocalKey key) => Volatile.Read(ref _clearing) > 0 ? Changing : Volatile.Read(ref CountOf(key));

    /// <summary>Whether nothing has changed since <see cref="Of"/> said so.</summary>
    public bool AreStill(long count, LocalKey key) => count != Changing && Of(key) == count;

    /// <summary>An entry changes. To be said before and after.</summary>
    public void Note(LocalKey key) => Interlocked.Increment(ref CountOf(key));

    /// <summary>All entries of a namespace are being deleted, until <see cref="EndClearing"/>.</summary>
    public void BeginClearing() => Interlocked.Increment(ref _clearing);

    public void EndClearing()
    {
        for (var i = 0; i < Counters; i++)
        {
            Interlocked.Increment(ref _counts[i]);
        }

        Interlocked.Decrement(ref _clearing);
    }

    private ref long CountOf(LocalKey key) => ref _counts[(uint)key.GetHashCode() % Counters];
}
