using KubeSentiment.Resilience;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Keeps the fleet's most frequent texts in Redis, and brings their answers into the memory of a new replica.</summary>
/// <remarks>
/// <para>Form: one value for each type and model, <c>{namespace}:frequent:{type}:{model}</c>, with the texts, their hashes and their weights. Texts, because the memory is
/// keyed by text; not the answers, which stay in one place, where they expire and are cleared.</para>
/// <para>Each replica counts the hits of an entry in the entry (see <see cref="LocalEntry"/>), so counting costs an addition, and the memory's own bound is the
/// bound. Now and then it reads the list, lets old weights fade, adds its hits since the last time and writes the most frequent back, unless the list has changed or the cache was
/// cleared in between: what was cleared must not come back. Of two replicas that do so at the same moment one loses its contribution; the next round brings another, so nothing is locked.</para>
/// <para>Only texts of the service's own namespace are listed, not those of tenants or of applications. The list lives no longer than the answers can.</para>
/// </remarks>
internal sealed class FrequentTexts(
    RedisConnections connections,
    CircuitBreaker breaker,
    LocalCache local,
    RedisMetrics metrics,
    CacheOptions options,
    RedisOptions redis,
    AnswerShape shape,
    Random random,
    TimeProvider time) : BackgroundService
{
    /// <summary>Answers fetched in one round trip while warming.</summary>
    private const int PageSize = 250;

    /// <summary>Adds what was asked for since the last time to the fleet's lists.</summary>
    public async Task PublishAsync()
    {
        if (breaker.State != CircuitState.Closed || !connections.TryTake(out var connection))
        {
            return;
        }

        if (RedisMasters.AreNone(connection.Database.Multiplexer))
        {
            metrics.Failed(RedisOperations.Frequent, RedisErrors.ReadOnly);
            return;
        }

        var clearings = local.Clearings;
        foreach (var ((type, model), latest) in CollectLatest())
        {
            try
            {
                var key = RedisKeys.FrequentOf(redis.Namespace, type, model);
                var known = await connection.Database.StringGetAsync(key);
                var now = time.GetUtcNow();
                var merged = (Decode(known) ?? new FrequentTextList(now, [])).Merge(latest, now, options.WarmFrequentKeys);
                if (local.Clearings != clearings)
                {
                    return;
                }

                await RedisCommands.ReplaceAsync(connection.Database, key, known, FrequentTextCodec.Encode(merged), LongestLife(type));
            }
            catch (Exception e)
            {
                metrics.Failed(RedisOperations.Frequent, RedisErrors.TypeOf(e));
                return;
            }
        }
    }

    /// <summary>Loads the answers of the fleet's most frequent texts into memory, the most frequent first.</summary>
    /// <param name="model">The model that answers here; others' answers are left alone.</param>
    /// <param name="cancellationToken">Ends it; what was loaded by then stays.</param>
    /// <returns>How many answers were loaded. Failures are counted, not thrown.</returns>
    public async Task<int> LoadAsync(string model, CancellationToken cancellationToken)
    {
        var loaded = 0;
        try
        {
            connections.Start();
            await connections.Ready.WaitAsync(cancellationToken);
            foreach (var type in CacheTypes.All)
            {
                if (!connections.TryTake(out var connection))
                {
                    metrics.Failed(RedisOperations.Frequent, RedisErrors.NotConnected);
                    break;
                }

                var list = Decode(await connection.Database.StringGetAsync(RedisKeys.FrequentOf(redis.Namespace, type, model)).WaitAsync(cancellationToken));
                foreach (var page in (list?.Texts ?? []).Take(options.WarmFrequentKeys).Chunk(PageSize))
                {
                    loaded += await LoadAsync(connection, type, model, page, cancellationToken);
                }
            }
        }
        catch (Exception e)
        {
            metrics.Failed(RedisOperations.Frequent, e is OperationCanceledException ? RedisErrors.Budget : RedisErrors.TypeOf(e));
        }

        return loaded;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Replicas that start together should not merge together.
            await Task.Delay(options.FrequentInterval * random.NextDouble(), time, stoppingToken);
            using var timer = new PeriodicTimer(options.FrequentInterval, time);
            do
            {
                await PublishAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private static FrequentTextList? Decode(RedisValue value) => value.IsNull ? null : FrequentTextCodec.TryDecode(((ReadOnlyMemory<byte>)value).Span);

    private async Task<int> LoadAsync(
        RedisConnection connection, CacheType type, string model, FrequentText[] texts, CancellationToken cancellationToken)
    {
        var keys = Array.ConvertAll(texts, text => RedisKeys.Of(redis.Namespace, type, new CacheKey(model, text.Hash)));
        var values = await RedisCommands.GetAsync(connection, keys).WaitAsync(cancellationToken);
        var loaded = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsNull && AnswerCodec.TryDecode(((ReadOnlyMemory<byte>)values[i]).Span, texts[i].Hash, out var stored)
                && shape.Fits(type, new CacheKey(model, texts[i].Hash), stored.Answer.Values)
                && stored.Remaining(time.GetUtcNow()) is var remaining && remaining > TimeSpan.Zero)
            {
                var key = new LocalKey(redis.Namespace, type, named: false, texts[i].Text);
                local.Set(key, stored.Answer, new CacheKey(model, texts[i].Hash), stored.Ttl, remaining);
                loaded++;
            }
        }

        return loaded;
    }

    /// <summary>The entries with the most hits since the last time, by type and model.</summary>
    private Dictionary<(CacheType Type, string Model), List<FrequentText>> CollectLatest()
    {
        var top = new Dictionary<(CacheType, string), PriorityQueue<FrequentText, double>>();
        foreach (var (key, entry) in local.All())
        {
            if (key.Named || key.Namespace != redis.Namespace || key.Text.Length > FrequentTextCodec.LongestText || entry.TakeHits() is not (> 0 and var hits))
            {
                continue;
            }

            var sharedKey = entry.Current.Key;
            var group = (key.Type, sharedKey.Model);
            if (!top.TryGetValue(group, out var queue))
            {
                top[group] = queue = new PriorityQueue<FrequentText, double>();
            }

            queue.Enqueue(new FrequentText(key.Text, sharedKey.Hash, hits), hits);
            if (queue.Count > options.WarmFrequentKeys)
            {
                queue.Dequeue();
            }
        }

        return top.ToDictionary(group => group.Key, group => group.Value.UnorderedItems.Select(item => item.Element).ToList());
    }

    private TimeSpan LongestLife(CacheType type)
    {
        var ttl = redis.TtlOf(type);
        return ttl > options.FrequentMaxTtl ? ttl : options.FrequentMaxTtl;
    }
}
