using KubeSentiment.Resilience;

namespace KubeSentiment.Caching;

/// <summary>The figures of the cache since the start of this replica.</summary>
/// <param name="Enabled">False when the cache is off; all figures are then zero.</param>
/// <param name="Levels">Each level (memory, redis) with each type.</param>
/// <param name="Redis">The state of the shared level; null when it is off.</param>
public sealed record CacheStatistics(bool Enabled, IReadOnlyList<CacheLevelStatistics> Levels, SharedCacheStatistics? Redis)
{
    /// <summary>Share of lookups that found an answer at any level, in percent; 0 before the first lookup.</summary>
    public double HitRatePercent
    {
        get
        {
            // Every lookup begins in memory; what it missed there may be found in Redis.
            var lookups = Levels.Where(level => level.Level == CacheLevelStatistics.Memory).Sum(level => level.Hits + level.Misses);
            return Percent(Levels.Sum(level => level.Hits), lookups);
        }
    }

    internal static double Percent(long part, long whole) => whole == 0 ? 0 : Math.Round(100.0 * part / whole, 2);
}

/// <summary>One level and type.</summary>
/// <param name="Level"><see cref="Memory"/> or <see cref="Redis"/>.</param>
/// <param name="Type">prediction or feature.</param>
/// <param name="Hits">Lookups that found an answer.</param>
/// <param name="Misses">Lookups that were carried out and found none.</param>
/// <param name="Sets">Answers stored; those for Redis once it has taken them.</param>
/// <param name="Errors">Calls that failed or took longer than the budget, and values in Redis that are no answer; zero in memory.</param>
/// <param name="Evictions">Answers that had to leave because the level was full; null for Redis, which counts them for all its users together.</param>
/// <param name="Entries">Answers held; for Redis an estimate from a sample of its keys, null before the first.</param>
/// <param name="Bytes">What they take; as <paramref name="Entries"/>.</param>
public sealed record CacheLevelStatistics(
    string Level, string Type, long Hits, long Misses, long Sets, long Errors, long? Evictions, long? Entries, long? Bytes)
{
    /// <summary>The first level.</summary>
    public const string Memory = "memory";

    /// <summary>The shared level.</summary>
    public const string Redis = "redis";

    /// <summary>Share of this level's lookups that found an answer, in percent; 0 before the first lookup.</summary>
    public double HitRatePercent => CacheStatistics.Percent(Hits, Hits + Misses);
}

/// <summary>The state of the shared level.</summary>
/// <param name="Breaker">Closed while Redis is asked.</param>
/// <param name="Connections">Connections of this replica by Redis' own count; null when Redis was not asked yet or does not say.</param>
/// <param name="QueuedWrites">Answers that wait to be written.</param>
/// <param name="WriteQueueCapacity">Most that may wait.</param>
/// <param name="DroppedWrites">Answers that were not written: the queue was full, or Redis did not take them.</param>
/// <param name="SkippedLookups">Texts that were not looked up because the breaker was open.</param>
/// <param name="SparedLookups">Texts that were not looked up because lookups found next to nothing.</param>
public sealed record SharedCacheStatistics(
    CircuitState Breaker, int? Connections, int QueuedWrites, int WriteQueueCapacity, long DroppedWrites, long SkippedLookups, long SparedLookups);
