using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>The second level: answers in Redis, shared by all replicas. What a request waits for goes through <see cref="RedisGate"/>.</summary>
internal sealed class RedisCache
{
    private readonly RedisConnections _connections;
    private readonly RedisGate _gate;
    private readonly WriteQueue _writes;
    private readonly RedisMetrics _metrics;
    private readonly AnswerShape _shape;
    private readonly TimeProvider _time;
    private readonly CacheCounters[] _counters = [.. CacheTypes.All.Select(_ => new CacheCounters())];
    private readonly LookupYield[] _yields;

    // Interlocked.
    private long _skipped;
    private long _spared;

    public RedisCache(RedisConnections connections, RedisGate gate, WriteQueue writes, RedisMetrics metrics, AnswerShape shape, TimeProvider time)
    {
        _connections = connections;
        _gate = gate;
        _writes = writes;
        _metrics = metrics;
        _shape = shape;
        _time = time;
        _yields = [.. CacheTypes.All.Select(_ => new LookupYield(time))];
    }

    public RedisGate Gate => _gate;

    public WriteQueue Writes => _writes;

    /// <summary>Texts that were not looked up because the breaker was open.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Texts that were not looked up because lookups find next to nothing.</summary>
    public long Spared => Interlocked.Read(ref _spared);

    public CacheCounters CountersOf(CacheType type) => _counters[(int)type];

    /// <summary>Answers that Redis took, at once or from the queue.</summary>
    public long SetsOf(CacheType type) => CountersOf(type).Sets + _writes.StoredOf(type);

    /// <summary>Whether to look up so many texts, now: see <see cref="LookupYield"/>.</summary>
    public bool LookupPays(CacheType type, int texts)
    {
        if (_yields[(int)type].Pays())
        {
            return true;
        }

        Interlocked.Add(ref _spared, texts);
        return false;
    }

    /// <summary>Looks up any number of keys in one round trip, within the budget.</summary>
    /// <returns>For each key what is stored, or null; all null when Redis cannot be asked.</returns>
    public async ValueTask<StoredAnswer?[]> GetAsync(string @namespace, CacheType type, IReadOnlyList<CacheKey> keys, CancellationToken cancellationToken)
    {
        var found = new StoredAnswer?[keys.Count];
        using var span = LookupSpan.Start(_connections, keys.Count);
        var (outcome, values, error) = await _gate.CallAsync(
            keys.Count == 1 ? RedisOperations.Get : RedisOperations.GetMany,
            (Namespace: @namespace, Type: type, Keys: keys),
            static (connection, state) => RedisCommands.GetAsync(connection, RedisKeys.Of(state.Namespace, state.Type, state.Keys)),
            cancellationToken);
        if (outcome == RedisOutcome.Answered)
        {
            Decode(keys, values!, found, type);
        }
        else
        {
            NotAnswered(outcome, type, keys.Count);
        }

        LookupSpan.Tell(span, outcome, error, found);
        return found;
    }

    /// <summary>Stores an entry soon; drops it when too many wait.</summary>
    public void Write(string @namespace, CacheType type, CacheKey key, CachedAnswer answer, TimeSpan ttl)
    {
        if (answer.Values.Length <= CachedAnswer.MaxValues)
        {
            _writes.TryAdd(new PendingWrite(@namespace, type, key, answer, _time.GetUtcNow(), Storable(ttl)));
        }
    }

    /// <summary>Stores entries now, in one round trip, within the budget; what waits to renew them is withdrawn.</summary>
    /// <returns>False when Redis did not take all of them in time; it may have taken some.</returns>
    public async ValueTask<bool> SetAsync(
        string @namespace, CacheType type, IReadOnlyList<(CacheKey Key, CachedAnswer Answer)> entries, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var batch = new PendingWrite[entries.Count];
        for (var i = 0; i < batch.Length; i++)
        {
            _writes.Withdraw(@namespace, type, entries[i].Key);
            batch[i] = new PendingWrite(@namespace, type, entries[i].Key, entries[i].Answer, now, Storable(ttl));
        }

        var (outcome, _, _) = await _gate.CallAsync(
            batch.Length == 1 ? RedisOperations.Set : RedisOperations.SetMany,
            (Batch: batch, Now: now),
            static (connection, state) => Task.WhenAll(RedisCommands.Write(connection.Database, state.Batch, state.Now)),
            cancellationToken);
        if (outcome == RedisOutcome.Answered)
        {
            CountersOf(type).Set(batch.Length);
        }
        else
        {
            NotAnswered(outcome, type, 0);
        }

        return outcome == RedisOutcome.Answered;
    }

    /// <summary>Deletes an entry; what waits to renew it is withdrawn.</summary>
    /// <returns>Whether Redis had it.</returns>
    public async ValueTask<bool> DeleteAsync(string @namespace, CacheType type, CacheKey key, CancellationToken cancellationToken)
    {
        _writes.Withdraw(@namespace, type, key);
        var (outcome, deleted, _) = await _gate.CallAsync(
            RedisOperations.Delete, RedisKeys.Of(@namespace, type, key), static (connection, name) => RedisCommands.DeleteAsync(connection.Database, name), cancellationToken);
        NotAnswered(outcome, type, 0);
        return deleted;
    }

    /// <summary>Deletes all entries of a namespace, page by page, on every master.</summary>
    /// <returns>How many; false when not all could be reached.</returns>
    public async Task<(long Deleted, bool Complete)> ClearAsync(string @namespace, CancellationToken cancellationToken)
    {
        _writes.Forget(@namespace);
        if (!_connections.TryTakeMultiplexer(out var multiplexer))
        {
            _metrics.Failed(RedisOperations.Clear, RedisErrors.NotConnected);
            return (0, false);
        }

        var started = _time.GetTimestamp();
        var sweep = new NamespaceSweep(multiplexer, @namespace);
        try
        {
            var complete = await sweep.RunAsync(cancellationToken);
            await multiplexer.GetDatabase().PublishAsync(RedisKeys.ClearedOf(@namespace), _connections.ClientName);
            if (complete)
            {
                _metrics.Ended(RedisOperations.Clear, _time.GetElapsedTime(started));
            }
            else
            {
                _metrics.Failed(RedisOperations.Clear, RedisErrors.NotConnected, _time.GetElapsedTime(started));
            }

            return (sweep.Deleted, complete);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _metrics.Failed(RedisOperations.Clear, RedisErrors.TypeOf(e), _time.GetElapsedTime(started));
            return (sweep.Deleted, false);
        }
    }

    /// <summary>Asks Redis for a sign of life, within the budget.</summary>
    public async ValueTask<CacheHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        var (outcome, latency, error) = await _gate.CallAsync(
            RedisOperations.Ping, 0, static (connection, _) => connection.Database.PingAsync(), cancellationToken);
        return outcome switch
        {
            RedisOutcome.Answered => new CacheHealth(true, $"Redis answers in {latency.TotalMilliseconds:0.0} ms.", latency),
            _ when !_connections.IsConnected => new CacheHealth(false, $"{_connections.Absence} The memory works alone.", null),
            RedisOutcome.Skipped when _gate.Breaker.RetryAfter is var left && left > TimeSpan.Zero => new CacheHealth(
                false, $"Redis is not asked: its circuit breaker is open for {Math.Ceiling(left.TotalSeconds):0} s more. The memory works alone.", null),
            RedisOutcome.Skipped => new CacheHealth(false, "Redis is not asked: its circuit breaker tries it with another call. The memory works alone.", null),
            _ when error != RedisErrors.Budget => new CacheHealth(false, $"Redis does not do what it is asked ({error}). The memory works alone.", null),
            _ => new CacheHealth(false, $"Redis does not answer within {_gate.Budget.TotalMilliseconds:0} ms. The memory works alone.", null),
        };
    }

    // The header of a stored value has no room for more, and the settings allow no more.
    private static TimeSpan Storable(TimeSpan ttl) => ttl < AnswerCodec.MaxTtl ? ttl : AnswerCodec.MaxTtl;

    private void Decode(IReadOnlyList<CacheKey> keys, RedisValue[] values, StoredAnswer?[] found, CacheType type)
    {
        var hits = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsNull)
            {
                continue;
            }

            if (AnswerCodec.TryDecode(((ReadOnlyMemory<byte>)values[i]).Span, keys[i].Hash, out var stored) && _shape.Fits(type, keys[i], stored.Answer.Values))
            {
                found[i] = stored;
                hits++;
            }
            else
            {
                _metrics.Failed(RedisOperations.Get, RedisErrors.Damaged);
                CountersOf(type).Failed();
            }
        }

        CountersOf(type).Hit(hits);
        CountersOf(type).Missed(values.Length - hits);
        _yields[(int)type].Learn(values.Length, hits);
    }

    private void NotAnswered(RedisOutcome outcome, CacheType type, int texts)
    {
        if (outcome == RedisOutcome.Skipped)
        {
            Interlocked.Add(ref _skipped, texts);
        }
        else if (outcome == RedisOutcome.Failed)
        {
            CountersOf(type).Failed();
        }
    }
}
