using System.Globalization;
using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>The user that docs/caching.md gives the service: what it may do is enough, and nothing that is asked of Redis is refused.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisUserTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_AsDocumented_DoesAllThatTheCacheDoes()
    {
        await using var server = await RedisServer.StartAsync(DocumentedUser.Of("docs/caching.md"));
        await UseAsync([server], $"127.0.0.1:{server.Port}");
    }

    [Fact]
    public async Task User_AsDocumented_DoesAllThatTheCacheDoesOnACluster()
    {
        var nodes = await RedisClusterTests.StartAsync(DocumentedUser.Of("docs/caching.md"));
        try
        {
            await UseAsync(nodes, [.. nodes.Select(node => $"127.0.0.1:{node.Port}")]);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private static async Task UseAsync(RedisServer[] servers, params string[] hosts)
    {
        await using var first = await ConnectAsync(hosts);
        await using var second = await ConnectAsync(hosts);
        await Poll.UntilAsync(() => Task.FromResult(first.Connections.IsConnected && second.Monitor.Figures is { Connections: > 0 }), Limit);

        // Written by one, found by the other, one by one and together.
        Enumerable.Range(0, 100).ToList().ForEach(first.Remember);
        await first.WrittenAsync(99);
        (await second.AskRedisAsync(1)).ShouldNotBeNull();
        var numbers = Enumerable.Range(0, 100).ToArray();
        var answers = await second.Cache.GetSharedAsync(
            CacheType.Prediction, Array.ConvertAll(numbers, Texts.Of), Array.ConvertAll(numbers, Texts.KeyOf), Cancellation);
        answers.ShouldAllBe(answer => answer != null);

        // The same by names, with a TTL that is no number of seconds.
        (await first.Cache.SetAsync(CacheType.Feature, "name", Texts.AnswerOf(1), TimeSpan.FromMilliseconds(90_500), cancellationToken: Cancellation)).ShouldBeTrue();
        (await second.Cache.GetAsync(CacheType.Feature, "name", cancellationToken: Cancellation)).ShouldNotBeNull();
        (await second.Cache.DeleteAsync(CacheType.Feature, "name", cancellationToken: Cancellation)).ShouldBeTrue();

        // The list of frequent texts, the figures, the clearing that the other hears of.
        first.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeTrue();
        await first.Frequent.PublishAsync();
        await first.Monitor.AskAsync(Cancellation);
        first.Monitor.Figures!.SizeOf(CacheType.Prediction)!.Entries.ShouldBe(100);
        first.Monitor.Figures.Connections!.Value.ShouldBeGreaterThan(0);
        (await first.Cache.ClearAsync(cancellationToken: Cancellation)).Complete.ShouldBeTrue();
        await Poll.UntilAsync(() => Task.FromResult(!second.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _)), Limit);
        foreach (var server in servers)
        {
            int.Parse(await server.CommandAsync("DBSIZE"), CultureInfo.InvariantCulture).ShouldBe(0);
            await DocumentedUser.ShouldNotBeDeniedAnythingAsync(server);
        }
    }

    private static Task<Replica> ConnectAsync(string[] hosts) => Replica.ConnectAsync(redis =>
    {
        redis.Host = hosts;
        redis.Username = DocumentedUser.Name;
        redis.Password = DocumentedUser.Password;
    });
}
