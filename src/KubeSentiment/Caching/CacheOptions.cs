using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Caching;

/// <summary>The cache in this process: how much it holds, how long answers live, and what it knows before the first request.</summary>
[Settings("Caching")]
internal sealed class CacheOptions
{
    /// <summary>Remembers answers, in memory and, where it is on, in Redis. Off, every text is computed anew: for measurements.</summary>
    [Setting("PREDICTION_CACHE_ENABLED")]
    public bool Enabled { get; set; } = true;

    /// <summary>Most answers in memory. Lower it in small pods, raise it where texts repeat over long times.</summary>
    [Setting("PREDICTION_CACHE_MAX_SIZE"), Range(16, 100_000_000)]
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>Most bytes of answers in memory, their texts and the bookkeeping included; by default 64 MiB. Raise it with the pod's memory limit.</summary>
    [Setting("PREDICTION_CACHE_MAX_BYTES"), Range(65_536, 1_099_511_627_776)]
    public long MaxBytes { get; set; } = 67_108_864;

    /// <summary>
    /// Which answers leave the memory when it is full: TinyLfu (W-TinyLFU) keeps those asked often, Lru those asked last. Choose Lru only where every text comes
    /// in one short burst.
    /// </summary>
    [Setting("CACHE_EVICTION")]
    public EvictionPolicy Eviction { get; set; } = EvictionPolicy.TinyLfu;

    /// <summary>Prolongs the life of an answer that is asked for in the second half of it. Off, an answer is computed anew after its TTL, however popular.</summary>
    [Setting("CACHE_RENEW_ON_HIT")]
    public bool RenewOnHit { get; set; } = true;

    /// <summary>Hits after which an answer counts as frequent: each renewal then doubles its TTL, up to <c>MLOPS_CACHE_FREQUENT_MAX_TTL</c>.</summary>
    [Setting("CACHE_FREQUENT_HITS"), Range(1, 1_000_000)]
    public int FrequentHits { get; set; } = 8;

    /// <summary>Longest TTL of frequent answers; 0 leaves them at that of their type. Raise it where the same texts come back day after day.</summary>
    [Setting("CACHE_FREQUENT_MAX_TTL"), Duration(0, 2_592_000)]
    public TimeSpan FrequentMaxTtl { get; set; } = TimeSpan.FromHours(4);

    /// <summary>File of texts, one a line in UTF-8, that are predicted before the replica is ready. Use it for texts that are known to come.</summary>
    [Setting("CACHE_WARM_FILE"), StringLength(4096)]
    public string? WarmFile { get; set; }

    /// <summary>Longest time that warming may hold back readiness at the start; what is not warm by then is left out. 0 warms nothing.</summary>
    [Setting("CACHE_WARM_TIMEOUT"), Duration(0, 600)]
    public TimeSpan WarmTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Most frequent answers of the fleet that a new replica loads from Redis before it is ready. Their texts are kept in Redis for this; 0 turns it off, so that
    /// no text leaves the process.
    /// </summary>
    [Setting("CACHE_WARM_FREQUENT_KEYS"), Range(0, 10_000)]
    public int WarmFrequentKeys { get; set; } = 1_000;

    /// <summary>How often a replica adds its most frequent texts to the fleet's list. Lower it where pods come and go within minutes.</summary>
    [Setting("CACHE_FREQUENT_INTERVAL"), Duration(1, 86_400)]
    public TimeSpan FrequentInterval { get; set; } = TimeSpan.FromSeconds(60);
}

/// <summary>Which entries leave a full cache.</summary>
internal enum EvictionPolicy
{
    /// <summary>Those that are asked for least often (W-TinyLFU).</summary>
    TinyLfu,

    /// <summary>Those that were not asked for the longest.</summary>
    Lru,
}
