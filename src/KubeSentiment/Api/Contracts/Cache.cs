using System.ComponentModel.DataAnnotations;

namespace KubeSentiment.Api.Contracts;

/// <summary>The figures of the cache since the start of this replica.</summary>
/// <param name="Enabled">False when the cache is off.</param>
/// <param name="HitRatePercent">Share of lookups that found an answer at any level.</param>
/// <param name="Levels">Each level with each type.</param>
/// <param name="Redis">The shared level; left out when it is off.</param>
internal sealed record CacheStats(bool Enabled, double HitRatePercent, IReadOnlyList<CacheLevelStats> Levels, SharedCacheStats? Redis);

/// <summary>One level and type.</summary>
/// <param name="Level">memory or redis.</param>
/// <param name="Type">prediction or feature.</param>
/// <param name="Hits">Lookups that found an answer.</param>
/// <param name="Misses">Lookups that found none.</param>
/// <param name="HitRatePercent">Share of this level's lookups that found an answer.</param>
/// <param name="Sets">Answers stored.</param>
/// <param name="Errors">Calls that failed or took longer than the budget, and values in Redis that are no answer.</param>
/// <param name="Evictions">Answers that had to leave because the level was full; memory only.</param>
/// <param name="Entries">Answers held; for Redis an estimate.</param>
/// <param name="Bytes">What they take; for Redis an estimate.</param>
internal sealed record CacheLevelStats(
    string Level, string Type, long Hits, long Misses, double HitRatePercent, long Sets, long Errors, long? Evictions, long? Entries, long? Bytes);

/// <summary>The shared level.</summary>
/// <param name="Breaker">closed, open or half_open.</param>
/// <param name="Connections">Connections of this replica by Redis' own count.</param>
/// <param name="QueuedWrites">Answers that wait to be written.</param>
/// <param name="WriteQueueCapacity">Most that may wait.</param>
/// <param name="DroppedWrites">Answers that were not written.</param>
/// <param name="SkippedLookups">Texts that were not looked up because the breaker was open.</param>
/// <param name="SparedLookups">Texts that were not looked up because lookups found next to nothing.</param>
internal sealed record SharedCacheStats(
    string Breaker, int? Connections, int QueuedWrites, int WriteQueueCapacity, long DroppedWrites, long SkippedLookups, long SparedLookups);

/// <summary>Whether the cache works.</summary>
/// <param name="Status">healthy or degraded: without Redis the service still answers.</param>
/// <param name="Message">One sentence.</param>
/// <param name="LatencyMs">How long Redis took to answer.</param>
internal sealed record CacheHealthAnswer(string Status, string Message, double? LatencyMs);

/// <summary>Texts whose answers the cache should hold.</summary>
internal sealed record WarmCacheRequest
{
    /// <summary>1 to 1,000 texts (<c>MLOPS_MAX_BATCH_TEXTS</c>).</summary>
    [Required]
    public IReadOnlyList<string?>? Texts { get; set => field = DoubleFieldException.Once(field, value); }
}

/// <summary>What warming came to.</summary>
/// <param name="TotalTexts">How many texts came.</param>
/// <param name="Computed">How many the model was run for.</param>
/// <param name="AlreadyCached">How many were there before.</param>
/// <param name="Failed">How many have no answer: empty, too long, refused.</param>
internal sealed record WarmCacheResponse(int TotalTexts, int Computed, int AlreadyCached, int Failed);

/// <summary>What was cleared.</summary>
/// <param name="Namespace">Which namespace.</param>
/// <param name="Memory">Answers taken out of this replica's memory.</param>
/// <param name="Redis">Keys deleted from Redis.</param>
/// <param name="Complete">False when Redis could not be walked to its end; ask again.</param>
internal sealed record ClearCacheResponse(string Namespace, long Memory, long Redis, bool Complete);
