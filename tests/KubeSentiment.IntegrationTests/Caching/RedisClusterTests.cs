using System.Globalization;
using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>A Redis Cluster of three masters.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisClusterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_OfThree_IsUsedWholeAndSurvivesANode()
    {
        var nodes = await StartAsync();
        try
        {
            await using var replica = await Replica.ConnectAsync(redis => redis.Host = [.. nodes.Select(node => $"127.0.0.1:{node.Port}")]);
            await replica.Monitor.AskAsync(Cancellation);
            Enumerable.Range(0, 300).ToList().ForEach(replica.Remember);
            await replica.WrittenAsync(299);

            // One batch over all slots.
            var numbers = Enumerable.Range(0, 300).ToArray();
            var answers = await replica.Cache.GetSharedAsync(
                CacheType.Prediction, Array.ConvertAll(numbers, Texts.Of), Array.ConvertAll(numbers, Texts.KeyOf), Cancellation);
            numbers.ShouldAllBe(i => answers[i] != null && Texts.IsRight(i, answers[i]!));
            var sizes = await Task.WhenAll(nodes.Select(node => node.CommandAsync("DBSIZE")));
            sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ShouldAllBe(size => size > 50);

            // Figures over all nodes; the clearing, too.
            await replica.Monitor.AskAsync(Cancellation);
            replica.Monitor.Figures!.SizeOf(CacheType.Prediction)!.Entries.ShouldBe(300);
            (await replica.Cache.ClearAsync(cancellationToken: Cancellation)).ShouldBe(new CacheClearance(300, 300, true));

            // Without one node the cluster is down (cluster-require-full-coverage); with it, it is back.
            await Lookups.RunAsync(replica, TimeSpan.FromSeconds(1));
            var load = Lookups.RunAsync(replica, TimeSpan.FromSeconds(3));
            await nodes[1].KillAsync();
            await load;
            await nodes[1].StartAsync();
            await Poll.UntilAsync(
                async () =>
                {
                    var back = Enumerable.Range(1_000_000, 30).ToArray();
                    Array.ForEach(back, replica.Remember);
                    var found = await replica.Cache.GetSharedAsync(
                        CacheType.Prediction, Array.ConvertAll(back, Texts.Of), Array.ConvertAll(back, Texts.KeyOf), Cancellation);
                    return found.All(answer => answer is not null);
                },
                TimeSpan.FromSeconds(20));
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    /// <summary>Three masters that are one cluster.</summary>
    /// <param name="arguments">More, for each of them.</param>
    internal static async Task<RedisServer[]> StartAsync(params string[] arguments)
    {
        var nodes = new RedisServer[3];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = await RedisServer.StartAsync(
                ["--cluster-enabled", "yes", "--cluster-port", FreePort.Next().ToString(CultureInfo.InvariantCulture), "--cluster-node-timeout", "1000", .. arguments]);
        }

        await nodes[0].CommandAsync(["--cluster", "create", .. nodes.Select(node => $"127.0.0.1:{node.Port}"), "--cluster-yes"]);
        foreach (var node in nodes)
        {
            await Poll.UntilAsync(async () => (await node.CommandAsync("CLUSTER", "INFO")).Contains("cluster_state:ok"), TimeSpan.FromSeconds(20));
        }

        return nodes;
    }
}
