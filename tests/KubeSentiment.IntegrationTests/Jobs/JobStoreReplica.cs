using KubeSentiment.Caching.Redis;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.Jobs;
using KubeSentiment.Jobs.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.IntegrationTests.Jobs;

/// <summary>The store as one replica has it, on a server that others use, too.</summary>
internal sealed class JobStoreReplica : IAsyncDisposable
{
    private readonly JobRedis _redis;

    private JobStoreReplica(JobRedis redis, RedisJobStore store) => (_redis, Store) = (redis, store);

    public RedisJobStore Store { get; }

    public static Task<JobStoreReplica> ConnectAsync(RedisServer server, JobOptions options, JobEvents events, TimeProvider time) =>
        ConnectAsync(
            new RedisOptions { Host = ["127.0.0.1"], Port = server.Port, Username = DocumentedUser.Name, Password = DocumentedUser.Password }, options, events, time);

    public static async Task<JobStoreReplica> ConnectAsync(RedisOptions redisOptions, JobOptions options, JobEvents events, TimeProvider time)
    {
        (redisOptions.Enabled, redisOptions.SocketTimeout) = (true, TimeSpan.FromSeconds(5));
        var redis = new JobRedis(redisOptions, TimeProvider.System, NullLogger<JobRedis>.Instance);
        var replica = new JobStoreReplica(redis, new RedisJobStore(redis, options, events, time));
        await replica.UntilConnectedAsync();
        return replica;
    }

    public Task UntilConnectedAsync() => Poll.UntilAsync(
        async () =>
        {
            try
            {
                await Store.MeasureAsync();
                return true;
            }
            catch (JobStoreException)
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(20));

    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
