using KubeSentiment.Caching.Redis;
using StackExchange.Redis;

namespace KubeSentiment.Jobs.Redis;

/// <summary>The way from jobs to Redis: connections of their own, so that no lookup waits behind a chunk of texts, and <c>MLOPS_REDIS_SOCKET_TIMEOUT</c> for an answer.</summary>
internal sealed class JobRedis : IAsyncDisposable
{
    private readonly RedisConnections _connections;

    /// <summary>Begins to connect.</summary>
    public JobRedis(RedisOptions options, TimeProvider time, ILogger<JobRedis> logger)
    {
        Prefix = $"{{{options.Namespace}:jobs}}";
        _connections = new RedisConnections(options, time, logger);
        _connections.Start();
    }

    /// <summary>Begins all keys.</summary>
    public string Prefix { get; }

    /// <summary>This process, among the consumers of a queue.</summary>
    public string Consumer => _connections.ClientName;

    public string KeyOf(string kind) => $"{Prefix}:{kind}";

    public string KeyOf(string kind, Guid id) => $"{Prefix}:{kind}:{id}";

    public string KeyOf(string kind, Guid id, int chunk) => $"{Prefix}:{kind}:{id}:{chunk}";

    /// <summary>Sends commands, and waits for their answer.</summary>
    /// <exception cref="JobStoreException">Redis is not connected, does not answer, or answers with an error.</exception>
    public async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> send)
    {
        if (!_connections.TryTake(out var connection))
        {
            _connections.TellTrouble();
            throw new JobStoreException(_connections.Absence);
        }

        try
        {
            return await send(connection.Database);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            throw new JobStoreException($"Redis does not do what it is asked ({RedisErrors.TypeOf(e)}).", e);
        }
    }

    /// <summary>Runs a script. It may run twice where an answer is lost, and every script may.</summary>
    public Task<RedisResult> RunAsync(string script, params RedisValue[] arguments) =>
        CallAsync(database => database.ScriptEvaluateAsync(script, [Prefix], arguments));

    public ValueTask DisposeAsync() => _connections.DisposeAsync();
}
