using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>The commands that move answers to and from Redis, each in one round trip.</summary>
internal static class RedisCommands
{
    private static readonly RedisConnectionException NoConnection = new(
        ConnectionFailureType.UnableToConnect, CommandFlags.None, "There is no connection to Redis.");

    private static readonly RedisServerException NoMaster = new(RedisErrorKind.ReadOnly, CommandFlags.None, "There is a replica of Redis, and no master.");

    private const int ChecksumSize = sizeof(ulong);

    private const string Replace = """
        local known = redis.call('GET', KEYS[1]) or ''
        if string.sub(known, -8) ~= ARGV[1] then
            return 0
        end
        redis.call('PSETEX', KEYS[1], ARGV[2], ARGV[3])
        return 1
        """;

    /// <summary>One MGET, shared with other lookups of the moment; on a Cluster, whose keys lie in many slots, as many GETs, sent without waiting for one another.</summary>
    public static async Task<RedisValue[]> GetAsync(RedisConnection connection, RedisKey[] keys) => connection.IsCluster
        ? await Task.WhenAll(Array.ConvertAll(keys, key => GetAsync(connection.Database, key)))
        : await connection.Lookups.GetAsync(keys);

    /// <summary>One MGET.</summary>
    public static async Task<RedisValue[]> GetAsync(IDatabase database, RedisKey[] keys) => keys switch
    {
        [] => [],
        [var key] => [await GetAsync(database, key)],
        _ => await database.StringGetAsync(keys),
    };

    /// <summary>As MGET does, takes a key of another kind for one that is not there: one such key says nothing about Redis' health.</summary>
    private static async Task<RedisValue> GetAsync(IDatabase database, RedisKey key)
    {
        try
        {
            return await database.StringGetAsync(key);
        }
        catch (RedisServerException e) when (e.Kind == RedisErrorKind.WrongType)
        {
            return RedisValue.Null;
        }
    }

    /// <summary>Stores entries over the next connection, and waits for the end of all.</summary>
    /// <returns>For each write null, or why it failed.</returns>
    public static async Task<Exception?[]> WriteAsync(RedisConnections connections, IReadOnlyList<PendingWrite> writes, TimeProvider time)
    {
        if (!connections.TryTake(out var connection))
        {
            return [.. Enumerable.Repeat(NoConnection, writes.Count)];
        }

        var sent = Write(connection.Database, writes, time.GetUtcNow());
        Task all = Task.WhenAll(sent);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Array.ConvertAll(sent, task => task.Exception?.InnerException ?? (task.IsCanceled ? NoConnection : null));
    }

    /// <summary>As many SETs as there are writes, sent in order, in one write and without waiting for one another.</summary>
    public static Task<bool>[] Write(IDatabase database, IReadOnlyList<PendingWrite> writes, DateTimeOffset now)
    {
        if (RedisMasters.AreNone(database.Multiplexer))
        {
            return [.. writes.Select(_ => Task.FromException<bool>(NoMaster))];
        }

        var batch = database.CreateBatch();
        Task<bool>[] sent = [.. writes.Select(write => WriteAsync(batch, write, now))];
        try
        {
            batch.Execute();
            return sent;
        }
        catch (Exception e)
        {
            // The connection went just now: what the client has not failed by itself is never sent.
            return Array.ConvertAll(sent, task => task.IsCompleted ? task : Task.FromException<bool>(e));
        }
    }

    /// <summary>One UNLINK.</summary>
    /// <returns>Whether there was one.</returns>
    public static Task<bool> DeleteAsync(IDatabase database, RedisKey key) =>
        RedisMasters.AreNone(database.Multiplexer) ? Task.FromException<bool>(NoMaster) : database.KeyDeleteAsync(key);

    /// <summary>Stores a value that ends in a checksum, if the key has not changed since its value was read. One script, so that nothing comes in between; one key, so that it works on a Cluster, too.</summary>
    /// <param name="database">Where.</param>
    /// <param name="key">The key.</param>
    /// <param name="known">What was read; null when there was nothing.</param>
    /// <param name="value">What to store.</param>
    /// <param name="life">How long.</param>
    /// <returns>Whether it was stored.</returns>
    public static async Task<bool> ReplaceAsync(IDatabase database, RedisKey key, RedisValue known, byte[] value, TimeSpan life)
    {
        var checksum = (byte[]?)known is { } bytes ? bytes[^Math.Min(ChecksumSize, bytes.Length)..] : [];
        return (bool)await database.ScriptEvaluateAsync(Replace, [key], [checksum, (long)life.TotalMilliseconds, value]);
    }

    private static Task<bool> WriteAsync(IBatch batch, PendingWrite write, DateTimeOffset now)
    {
        try
        {
            var key = RedisKeys.Of(write.Namespace, write.Type, write.Key);
            var left = write.WrittenAt + write.Ttl - now;
            var value = AnswerCodec.Encode(new StoredAnswer(write.Answer, write.WrittenAt, write.Ttl), write.Key.Hash);
            return batch.StringSetAsync(key, value, new Expiration(left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1)));
        }
        catch (Exception e)
        {
            // The client throws some failures at once and returns others.
            return Task.FromException<bool>(e);
        }
    }
}
