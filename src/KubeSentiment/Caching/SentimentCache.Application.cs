using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Caching;

// What an application uses: entries under names of its own, in namespaces of its own.
public sealed partial class SentimentCache
{
    /// <summary>Finds an entry, in memory or in Redis.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="name">The name it was stored under. What the answer depends on, such as the model, belongs into it.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>The answer; null when there is none, or Redis does not answer within the budget.</returns>
    public async ValueTask<CachedAnswer?> GetAsync(CacheType type, string name, string? tenant = null, CancellationToken cancellationToken = default)
    {
        var key = NamedKey(tenant, type, name);
        var changes = _changes.Of(key);
        return TryFind(key, out var answer) ? answer : (await GetNamedAsync([(key, changes)], cancellationToken))[0];
    }

    /// <summary>Finds many entries; those that are not in memory in one round trip.</summary>
    /// <inheritdoc cref="GetAsync"/>
    /// <param name="type">What they are.</param>
    /// <param name="names">The names they were stored under.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>The answers that were found, by name.</returns>
    public async ValueTask<IReadOnlyDictionary<string, CachedAnswer>> GetManyAsync(
        CacheType type, IEnumerable<string> names, string? tenant = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        var found = new Dictionary<string, CachedAnswer>();
        var missed = new List<(LocalKey Key, long Changes)>();
        foreach (var key in names.Distinct().Select(name => NamedKey(tenant, type, name)))
        {
            var changes = _changes.Of(key);
            if (TryFind(key, out var answer))
            {
                found.Add(key.Text, answer);
            }
            else
            {
                missed.Add((key, changes));
            }
        }

        var shared = await GetNamedAsync(missed, cancellationToken);
        for (var i = 0; i < missed.Count; i++)
        {
            if (shared[i] is { } answer)
            {
                found.Add(missed[i].Key.Text, answer);
            }
        }

        return found;
    }

    /// <summary>Stores an entry in memory and in Redis, and waits for Redis within the budget.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="name">Any name.</param>
    /// <param name="answer">The answer. Do not change its values afterwards.</param>
    /// <param name="ttl">How long it lives, at most 30 days; null is the type's own TTL.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>False when Redis is on and did not take it in time; it is in memory all the same.</returns>
    public ValueTask<bool> SetAsync(
        CacheType type, string name, CachedAnswer answer, TimeSpan? ttl = null, string? tenant = null, CancellationToken cancellationToken = default) =>
        SetManyAsync(type, [KeyValuePair.Create(name, answer)], ttl, tenant, cancellationToken);

    /// <summary>Stores many entries, in one round trip.</summary>
    /// <inheritdoc cref="SetAsync"/>
    public async ValueTask<bool> SetManyAsync(
        CacheType type,
        IEnumerable<KeyValuePair<string, CachedAnswer>> answers,
        TimeSpan? ttl = null,
        string? tenant = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var life = ttl ?? _redisOptions.TtlOf(type);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(life, TimeSpan.Zero, nameof(ttl));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(life, AnswerCodec.MaxTtl, nameof(ttl));
        if (!_options.Enabled)
        {
            return true;
        }

        var shared = new List<(CacheKey Key, CachedAnswer Answer)>();
        foreach (var (name, answer) in answers)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(answer.Values.Length, CachedAnswer.MaxValues, nameof(answers));
            var key = NamedKey(tenant, type, name);
            var sharedKey = CacheKey.OfName(name);
            _changes.Note(key);
            _local.Set(key, answer, sharedKey, life, remaining: life);
            _changes.Note(key);
            _localCounters[(int)type].Set();
            shared.Add((sharedKey, answer));
        }

        return _shared is null || shared.Count == 0 || await _shared.Cache.SetAsync(tenant ?? OwnNamespace, type, shared, life, cancellationToken);
    }

    /// <summary>Deletes an entry from memory and from Redis. Other replicas may have it in memory until it expires.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="name">The name it was stored under.</param>
    /// <param name="tenant">The namespace; null is the service's own.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>Whether there was one.</returns>
    public async ValueTask<bool> DeleteAsync(CacheType type, string name, string? tenant = null, CancellationToken cancellationToken = default)
    {
        var key = NamedKey(tenant, type, name);
        _changes.Note(key);
        var local = _local.Remove(key);
        var shared = _shared is not null && await _shared.Cache.DeleteAsync(key.Namespace, type, CacheKey.OfName(name), cancellationToken);
        // A lookup may have found it in Redis just before.
        _changes.Note(key);
        return _local.Remove(key) || local || shared;
    }

    /// <summary>Empties a namespace: entries of both types, the service's and applications', and the fleet's list of frequent texts.</summary>
    /// <param name="tenant">The namespace; null is the service's own. Other replicas empty their memory of the service's own, too.</param>
    /// <param name="cancellationToken">Ends it half done.</param>
    /// <remarks>Redis is walked page by page, so this takes as long as it takes: it is the one call here that no budget bounds.</remarks>
    public async Task<CacheClearance> ClearAsync(string? tenant = null, CancellationToken cancellationToken = default)
    {
        var @namespace = Checked(tenant);
        _changes.BeginClearing();
        try
        {
            var local = _local.Clear(@namespace);
            var (shared, complete) = _shared is null ? (0, true) : await _shared.Cache.ClearAsync(@namespace, cancellationToken);
            return new CacheClearance(local, shared, complete);
        }
        finally
        {
            _changes.EndClearing();
            // Lookups went on meanwhile, and found what was not yet deleted in Redis.
            _local.Clear(@namespace);
        }
    }

    /// <summary>Asks whether the cache works; takes no longer than the budget and never throws because of Redis.</summary>
    public async ValueTask<CacheHealth> CheckHealthAsync(CancellationToken cancellationToken = default) => this switch
    {
        { IsEnabled: false } => new CacheHealth(true, "The cache is off.", null),
        { _shared: null } => new CacheHealth(true, "Redis is off; the memory works alone.", null),
        _ => await _shared.Cache.CheckHealthAsync(cancellationToken),
    };

    /// <summary>The figures since the start of this replica.</summary>
    public CacheStatistics GetStatistics()
    {
        var memory = CacheTypes.All.Select(type => MemoryStatistics(type, _localCounters[(int)type], _local.UsageOf(type)));
        if (_shared is null)
        {
            return new CacheStatistics(_options.Enabled, [.. memory], null);
        }

        var figures = _shared.Monitor.Figures;
        var redis = CacheTypes.All.Select(type => RedisStatistics(type, _shared.Cache, figures?.SizeOf(type)));
        var writes = _shared.Cache.Writes;
        return new CacheStatistics(
            _options.Enabled,
            [.. memory, .. redis],
            new SharedCacheStatistics(
                _shared.Cache.Gate.Breaker.State, figures?.Connections, writes.Count, writes.Capacity, writes.Dropped, _shared.Cache.Skipped, _shared.Cache.Spared));
    }

    private static CacheLevelStatistics MemoryStatistics(CacheType type, CacheCounters counters, LocalUsage usage) => new(
        CacheLevelStatistics.Memory,
        type.Name(),
        counters.Hits,
        counters.Misses,
        counters.Sets,
        counters.Errors,
        usage.Evictions,
        usage.Entries,
        usage.Bytes);

    private static CacheLevelStatistics RedisStatistics(CacheType type, RedisCache redis, RedisSize? size) => new(
        CacheLevelStatistics.Redis,
        type.Name(),
        redis.CountersOf(type).Hits,
        redis.CountersOf(type).Misses,
        redis.SetsOf(type),
        redis.CountersOf(type).Errors,
        Evictions: null,
        size?.Entries,
        size?.Bytes);

    private async ValueTask<CachedAnswer?[]> GetNamedAsync(List<(LocalKey Key, long Changes)> missed, CancellationToken cancellationToken)
    {
        var answers = new CachedAnswer?[missed.Count];
        if (_shared is null || missed.Count == 0)
        {
            return answers;
        }

        var sharedKeys = missed.ConvertAll(one => CacheKey.OfName(one.Key.Text));
        var found = await _shared.Cache.GetAsync(missed[0].Key.Namespace, missed[0].Key.Type, sharedKeys, cancellationToken);
        // What the application does next may take long, and other lookups of the same trip would wait for it.
        await Task.Yield();
        for (var i = 0; i < answers.Length; i++)
        {
            if (found[i] is { } stored)
            {
                answers[i] = stored.Answer;
                PromoteNamed(missed[i].Key, sharedKeys[i], stored, missed[i].Changes);
            }
        }

        return answers;
    }

    /// <summary>As <see cref="Promote"/>, unless the entry was changed since its lookup began.</summary>
    private void PromoteNamed(LocalKey key, CacheKey sharedKey, in StoredAnswer stored, long changes)
    {
        if (!_changes.AreStill(changes, key))
        {
            return;
        }

        Promote(key, sharedKey, stored);
        if (!_changes.AreStill(changes, key))
        {
            _local.Remove(key);
            _shared!.Cache.Writes.Withdraw(key.Namespace, key.Type, sharedKey);
        }
    }

    private LocalKey NamedKey(string? tenant, CacheType type, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new LocalKey(Checked(tenant), type, named: true, name);
    }

    private string Checked(string? tenant) => tenant switch
    {
        null => OwnNamespace,
        _ when CacheNamespaceAttribute.IsNamespace(tenant) => tenant,
        _ => throw new ArgumentException("A namespace has 1 to 64 letters, digits, dots, hyphens and underscores.", nameof(tenant)),
    };
}

/// <summary>What was emptied.</summary>
/// <param name="Memory">Entries that this replica had in memory.</param>
/// <param name="Redis">Entries that were in Redis.</param>
/// <param name="Complete">False when Redis could not be reached for all of it.</param>
public sealed record CacheClearance(long Memory, long Redis, bool Complete);
