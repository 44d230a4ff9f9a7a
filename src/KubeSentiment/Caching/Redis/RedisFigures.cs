namespace KubeSentiment.Caching.Redis;

/// <summary>What Redis last said about itself.</summary>
/// <param name="Connections">Connections of this replica; null when Redis did not say.</param>
/// <param name="Sizes">What each type takes; empty when Redis did not say.</param>
internal sealed record RedisFigures(int? Connections, IReadOnlyList<RedisSize> Sizes)
{
    public RedisSize? SizeOf(CacheType type) => Sizes.FirstOrDefault(size => size.Type == type);
}

/// <summary>What the entries of a type take in Redis.</summary>
internal sealed record RedisSize(CacheType Type, long Entries, long Bytes);
