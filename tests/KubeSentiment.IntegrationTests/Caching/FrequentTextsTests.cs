using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>The fleet's list of frequent texts while somebody clears the cache: what was cleared does not come back.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class FrequentTextsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_NothingInBetween_IsWritten()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await AskedReplicaAsync(server);

        await replica.Frequent.PublishAsync();
        replica.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeTrue();
        var first = await ListAsync(server);
        await replica.Frequent.PublishAsync();

        first.ShouldNotBeEmpty();
        (await ListAsync(server)).ShouldNotBe(first);
        long.Parse(await server.CommandAsync("TTL", ListKey)).ShouldBeInRange(4 * 3600 - 60, 4 * 3600);
    }

    /// <summary>By another replica, whose message this one has not heard yet.</summary>
    [Fact]
    public async Task Publish_ListIsDeletedBetweenReadingAndWriting_IsNotWritten()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await AskedReplicaAsync(server);
        await replica.Frequent.PublishAsync();
        replica.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeTrue();

        await replica.FrequentAt(new ClockThat(() => server.CommandAsync("UNLINK", ListKey))).PublishAsync();

        (await ListAsync(server)).ShouldBeEmpty();
    }

    /// <summary>With no list in Redis before nor after, the hits that were collected tell nothing of it.</summary>
    [Fact]
    public async Task Publish_CacheIsClearedHereBeforeTheFirstListIsWritten_IsNotWritten()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await AskedReplicaAsync(server);

        await replica.FrequentAt(new ClockThat(() => replica.Cache.ClearAsync(cancellationToken: Cancellation))).PublishAsync();

        (await ListAsync(server)).ShouldBeEmpty();
    }

    private static string ListKey => $"kubesentiment:frequent:prediction:{Replica.Model}";

    private static Task<string> ListAsync(RedisServer server) => server.CommandAsync("GET", ListKey);

    private static async Task<Replica> AskedReplicaAsync(RedisServer server)
    {
        var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        replica.Remember(1);
        replica.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeTrue();
        await replica.WrittenAsync(1);
        return replica;
    }

    /// <summary>Lets something happen when it is asked for the time, which is after the list was read.</summary>
    private sealed class ClockThat(Func<Task> happens) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            Task.Run(happens).GetAwaiter().GetResult();
            return base.GetUtcNow();
        }
    }
}
