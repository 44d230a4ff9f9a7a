using System.Diagnostics.CodeAnalysis;
using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Caching;

/// <summary>The two-level cache of answers: this process' memory, then Redis, which all replicas share.</summary>
/// <remarks>
/// <para>The pipeline's way through it, in order:</para>
/// <list type="number">
/// <item><see cref="TryGetLocal"/> by the text: no tokenizer, no waiting.</item>
/// <item>If <see cref="SharedPays"/>, <see cref="GetSharedAsync"/> by the keys of the token ids, all of a batch in one round trip, within the budget. What it finds is in memory afterwards.</item>
/// <item><see cref="Remember"/> what was computed: in memory now, in Redis by a bounded background write.</item>
/// </list>
/// <para>Nothing here throws because of Redis, and no lookup waits for it longer than <c>MLOPS_REDIS_BUDGET_MS</c>. With Redis off the memory works alone; with the
/// cache off nothing is found and nothing kept.</para>
/// </remarks>
public sealed partial class SentimentCache
{
    private readonly CacheOptions _options;
    private readonly RedisOptions _redisOptions;
    private readonly LocalCache _local;
    private readonly SharedLevel? _shared;
    private readonly TimeProvider _time;
    private readonly CacheCounters[] _localCounters = [.. CacheTypes.All.Select(_ => new CacheCounters())];
    private readonly LocalYield[] _localYields;
    private readonly EntryChanges _changes = new();

    internal SentimentCache(
        CacheOptions options, RedisOptions redisOptions, LocalCache local, SharedLevel? shared, CacheMetrics metrics, TimeProvider time)
    {
        _options = options;
        _redisOptions = redisOptions;
        _local = local;
        _shared = options.Enabled && redisOptions.Enabled ? shared : null;
        _time = time;
        _localYields = Array.ConvertAll(_localCounters, counters => new LocalYield(counters, time));
        metrics.ObserveMemory(type => _localCounters[(int)type], local.UsageOf, options);
        metrics.ObserveRedis(_shared?.Cache);
    }

    /// <summary>False when the cache is off altogether.</summary>
    public bool IsEnabled => _options.Enabled;

    /// <summary>The namespace of the service itself.</summary>
    public string OwnNamespace => _redisOptions.Namespace;

    /// <summary>Looks in memory.</summary>
    /// <param name="type">What is asked for.</param>
    /// <param name="text">The text as it came.</param>
    /// <param name="answer">What the model said about it.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    internal bool TryGetLocal(CacheType type, string text, [NotNullWhen(true)] out CachedAnswer? answer, string? tenant = null) =>
        TryFind(new LocalKey(tenant ?? OwnNamespace, type, named: false, text), out answer);

    /// <summary>Looks in memory once more, for a caller that has just missed there: it is no second lookup in the figures.</summary>
    internal bool TryPeekLocal(CacheType type, string text, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        if (_options.Enabled && _local.TryGet(new LocalKey(OwnNamespace, type, named: false, text), out _, out var current, out _))
        {
            answer = current.Answer;
        }

        return answer is not null;
    }

    /// <summary>Whether <see cref="TryGetLocal"/> pays for a text that would be refused otherwise, now: see <see cref="LocalYield"/>.</summary>
    internal bool LocalPays(CacheType type) => _options.Enabled && _localYields[(int)type].Pays();

    /// <summary>Whether <see cref="GetSharedAsync"/> pays for so many texts, now: there is a Redis, and lookups of late did not find next to nothing.</summary>
    internal bool SharedPays(CacheType type, int texts) => _shared?.Cache.LookupPays(type, texts) ?? false;

    /// <summary>Looks in Redis: one round trip, however many keys, and no longer than the budget. What is found is put in memory.</summary>
    /// <param name="type">What is asked for.</param>
    /// <param name="texts">The texts as they came.</param>
    /// <param name="keys">The key of each text.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    /// <returns>An answer or null for each text, in order; all null when Redis is off, does not answer in time, or fails.</returns>
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    internal async ValueTask<CachedAnswer?[]> GetSharedAsync(
        CacheType type, IReadOnlyList<string> texts, IReadOnlyList<CacheKey> keys, CancellationToken cancellationToken, string? tenant = null)
    {
        var answers = new CachedAnswer?[texts.Count];
        if (_shared is null || texts.Count == 0)
        {
            return answers;
        }

        var found = await _shared.Cache.GetAsync(tenant ?? OwnNamespace, type, keys, cancellationToken);
        for (var i = 0; i < answers.Length; i++)
        {
            if (found[i] is { } stored)
            {
                answers[i] = stored.Answer;
                Promote(new LocalKey(tenant ?? OwnNamespace, type, named: false, texts[i]), keys[i], stored);
            }
        }

        return answers;
    }

    /// <summary>Loads the answers of the texts that the fleet is asked for most often into memory. For a replica that is about to become ready.</summary>
    /// <param name="model">The fingerprint of the model that answers here.</param>
    /// <param name="cancellationToken">Ends it before <c>MLOPS_CACHE_WARM_TIMEOUT</c> does.</param>
    /// <returns>How many answers were loaded; never throws because of Redis or time.</returns>
    internal async Task<int> WarmFromFleetAsync(string model, CancellationToken cancellationToken)
    {
        if (_shared is null || _options.WarmFrequentKeys == 0 || _options.WarmTimeout == TimeSpan.Zero)
        {
            return 0;
        }

        using var timeout = new CancellationTokenSource(_options.WarmTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await _shared.Frequent.LoadAsync(model, either.Token);
    }

    /// <summary>Keeps an answer: in memory at once, in Redis soon. Never waits; when the write queue is full, Redis goes without.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="text">The text as it came.</param>
    /// <param name="key">The text's key.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="ttl">How long it lives; null is the type's own TTL.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    internal void Remember(CacheType type, string text, CacheKey key, CachedAnswer answer, TimeSpan? ttl = null, string? tenant = null) =>
        Keep(new LocalKey(tenant ?? OwnNamespace, type, named: false, text), key, answer, ttl ?? _redisOptions.TtlOf(type));

    private bool TryFind(LocalKey key, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        answer = null;
        if (!_options.Enabled)
        {
            return false;
        }

        if (!_local.TryGet(key, out var entry, out var current, out var due))
        {
            _localCounters[(int)key.Type].Missed();
            return false;
        }

        _localCounters[(int)key.Type].Hit();
        if (due && _options.RenewOnHit && entry.TryClaimRenewal())
        {
            Renew(key, entry, current);
        }

        answer = current.Answer;
        return true;
    }

    private void Keep(LocalKey key, CacheKey sharedKey, CachedAnswer answer, TimeSpan ttl)
    {
        if (!_options.Enabled)
        {
            return;
        }

        _local.Set(key, answer, sharedKey, ttl, remaining: ttl);
        _localCounters[(int)key.Type].Set();
        _shared?.Cache.Write(key.Namespace, key.Type, sharedKey, answer, ttl);
    }

    /// <summary>Prolongs an entry's life in memory and in Redis, unless somebody has changed it: who does so after the write was queued withdraws it, and who did so before is noticed here.</summary>
    private void Renew(LocalKey key, LocalEntry entry, LocalAnswer found)
    {
        var ttl = RenewedTtl(found.Ttl, entry.Hits);
        _shared?.Cache.Write(key.Namespace, key.Type, found.Key, found.Answer, ttl);
        if (_local.TryRenew(entry, found, ttl))
        {
            _localCounters[(int)key.Type].Set();
        }
        else
        {
            _shared?.Cache.Writes.Withdraw(key.Namespace, key.Type, found.Key);
        }
    }

    /// <summary>Puts into memory what was found in Redis, for as long as it lives there; in the second half of its life, renews it in both.</summary>
    private void Promote(LocalKey key, CacheKey sharedKey, in StoredAnswer stored)
    {
        var remaining = stored.Remaining(_time.GetUtcNow());
        if (_options.RenewOnHit && remaining <= stored.Ttl / 2)
        {
            Keep(key, sharedKey, stored.Answer, stored.Ttl);
        }
        else if (remaining > TimeSpan.Zero)
        {
            _local.Set(key, stored.Answer, sharedKey, stored.Ttl, remaining);
        }
    }

    /// <summary>A renewed entry lives as long again, one that is hit often twice as long, up to the bound.</summary>
    private TimeSpan RenewedTtl(TimeSpan ttl, int hits)
    {
        if (hits < _options.FrequentHits || ttl >= _options.FrequentMaxTtl)
        {
            return ttl;
        }

        var doubled = ttl * 2;
        return doubled < _options.FrequentMaxTtl ? doubled : _options.FrequentMaxTtl;
    }
}
