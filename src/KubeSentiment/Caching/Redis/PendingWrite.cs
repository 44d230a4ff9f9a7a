namespace KubeSentiment.Caching.Redis;

/// <summary>An entry that waits to be stored in Redis.</summary>
/// <param name="Namespace">The entry's namespace.</param>
/// <param name="Type">The entry's type.</param>
/// <param name="Key">The entry's key.</param>
/// <param name="Answer">What to store.</param>
/// <param name="WrittenAt">When it was computed or renewed: the TTL counts from here, however long the queue.</param>
/// <param name="Ttl">How long it lives.</param>
internal readonly record struct PendingWrite(
    string Namespace, CacheType Type, CacheKey Key, CachedAnswer Answer, DateTimeOffset WrittenAt, TimeSpan Ttl);
