using System.Globalization;
using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.Resilience;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>A service that was given a replica of Redis: it finds what is there, and says of nothing that it was done when it was not.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisReplicaTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replica_Alone_AnswersReadsAndRefusesWritesAtOnce()
    {
        await using var master = await StartMasterAsync();
        await using var server = await StartReplicaAsync(master);
        await using var reader = await Replica.ConnectAsync(redis => redis.Port = server.Port);

        (await reader.AskRedisAsync(1)).ShouldNotBeNull();
        await Poll.UntilAsync(async () => (await server.CommandAsync("PUBSUB", "CHANNELS")).Length > 0, Limit);
        reader.Remember(2);
        await Poll.UntilAsync(() => Task.FromResult(reader.Redis.Writes.Dropped == 1), Limit);
        for (var i = 0; i < 10; i++)
        {
            (await reader.Cache.SetAsync(CacheType.Prediction, $"name {i}", Texts.AnswerOf(i), cancellationToken: Cancellation)).ShouldBeFalse();
            (await reader.Cache.DeleteAsync(CacheType.Prediction, $"unknown {i}", cancellationToken: Cancellation)).ShouldBeFalse();
        }

        reader.Failures.Counts[("set", "read_only")].ShouldBe(11);
        reader.Failures.Counts[("delete", "read_only")].ShouldBe(10);
        reader.Failures.Counts.Keys.ShouldAllBe(failure => failure.Error == "read_only");
        reader.Breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
        reader.Redis.SetsOf(CacheType.Prediction).ShouldBe(0);
    }

    [Fact]
    public async Task Clear_OnAReplicaAlone_SaysThatItIsNotDone()
    {
        await using var master = await StartMasterAsync();
        await using var server = await StartReplicaAsync(master);
        await using var reader = await Replica.ConnectAsync(redis => redis.Port = server.Port);

        (await reader.Cache.ClearAsync(cancellationToken: Cancellation)).ShouldBe(new CacheClearance(0, 0, Complete: false));
        await reader.Monitor.AskAsync(Cancellation);

        (await server.CommandAsync("DBSIZE")).ShouldBe("1");
        reader.Monitor.Figures!.Sizes.ShouldBeEmpty();
        reader.Metrics().Keys.ShouldNotContain("redis_cache_size_bytes{cache_type=prediction}");
    }

    [Fact]
    public async Task Clear_OfAClusterThatLacksAMaster_SaysThatItIsNotDone()
    {
        var nodes = await RedisClusterTests.StartAsync("--cluster-require-full-coverage", "no");
        try
        {
            await using var replica = await Replica.ConnectAsync(redis => redis.Host = [.. nodes.Select(node => $"127.0.0.1:{node.Port}")]);
            await replica.Monitor.AskAsync(Cancellation);
            Enumerable.Range(0, 60).ToList().ForEach(replica.Remember);
            await replica.WrittenAsync(59);
            await nodes[1].KillAsync();
            await Poll.UntilAsync(async () => (await nodes[0].CommandAsync("CLUSTER", "INFO")).Contains("cluster_slots_fail:5"), Limit);
            await Poll.UntilAsync(() => Task.FromResult(replica.Connections.IsConnected), Limit);

            CacheClearance? clearance = null;
            await Poll.UntilAsync(async () => (clearance = await replica.Cache.ClearAsync(cancellationToken: Cancellation)).Redis > 0, Limit);
            clearance!.Complete.ShouldBeFalse();
            (await replica.Cache.ClearAsync(cancellationToken: Cancellation)).ShouldBe(new CacheClearance(0, 0, Complete: false));
            await Poll.UntilAsync(() => Task.FromResult(replica.Breaker.State == CircuitState.Closed), Limit);
            await replica.Monitor.AskAsync(Cancellation);
            replica.Monitor.Figures!.Sizes.ShouldBeEmpty();
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    /// <summary>A master with one answer in it.</summary>
    private static async Task<RedisServer> StartMasterAsync()
    {
        var master = await RedisServer.StartAsync("--repl-diskless-sync-delay", "0");
        await using var writer = await Replica.ConnectAsync(redis => redis.Port = master.Port);
        writer.Remember(1);
        await writer.WrittenAsync(1);
        return master;
    }

    private static async Task<RedisServer> StartReplicaAsync(RedisServer master)
    {
        var server = await RedisServer.StartAsync("--replicaof", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture));
        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == "1", Limit);
        return server;
    }
}
