using System.Globalization;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>A master, its replica, and a sentinel that promotes the replica when the master dies.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisSentinelTests
{
    [Fact]
    public async Task Master_Dies_TheReplicaIsUsed()
    {
        await using var master = await RedisServer.StartAsync();
        await using var standby = await RedisServer.StartAsync("--replicaof", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            $"""
            bind 127.0.0.1
            sentinel monitor mymaster 127.0.0.1 {master.Port} 1
            sentinel down-after-milliseconds mymaster 500
            sentinel failover-timeout mymaster 2000

            """,
            TestContext.Current.CancellationToken);
        await using var sentinel = await RedisServer.StartAsync(file, "--sentinel");
        await Poll.UntilAsync(async () => (await sentinel.CommandAsync("SENTINEL", "REPLICAS", "mymaster")).Contains("ip"), TimeSpan.FromSeconds(15));
        await using var replica = await Replica.ConnectAsync(redis =>
        {
            redis.Host = [$"127.0.0.1:{sentinel.Port}"];
            redis.SentinelMaster = "mymaster";
        });
        replica.Remember(1);
        await replica.WrittenAsync(1);
        (await master.CommandAsync("DBSIZE")).ShouldBe("1");

        var load = Lookups.RunAsync(replica, TimeSpan.FromSeconds(4));
        await master.KillAsync();
        await load;

        await Poll.UntilAsync(
            async () =>
            {
                replica.Remember(1_000_000);
                return await replica.AskRedisAsync(1_000_000) is not null;
            },
            TimeSpan.FromSeconds(25));
        (await standby.CommandAsync("ROLE")).ShouldStartWith("master");
        File.Delete(file);
    }
}
