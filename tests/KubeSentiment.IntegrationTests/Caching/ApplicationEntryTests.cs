using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>Entries of applications, which change: what was set or deleted last counts, whatever is under way in the background.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class ApplicationEntryTests
{
    private const string Name = "name";

    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly CachedAnswer Old = new([1], 1, false);
    private static readonly CachedAnswer New = new([2], 2, false);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Read, compute, set: the reading renews what it finds, a moment later and in the background.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Set_AfterAHitThatRenews_IsNotUndone(bool isInMemory)
    {
        await using var server = await RedisServer.StartAsync();
        await using var writer = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);
        var setter = isInMemory ? writer : other;
        await SetAsync(writer, Old, Ttl);
        await PassAsync(Ttl * 0.7);
        (await GetAsync(setter)).ShouldBe(Old.Values);

        await SetAsync(setter, New, TimeSpan.FromMinutes(1));

        await AllWrittenAsync(setter);
        await using var reader = await ConnectAsync(server);
        (await GetAsync(reader)).ShouldBe(New.Values);
        (await GetAsync(setter)).ShouldBe(New.Values);
    }

    [Fact]
    public async Task Delete_AfterAHitThatRenews_IsNotUndone()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        await SetAsync(replica, Old, Ttl);
        await PassAsync(Ttl * 0.7);
        (await GetAsync(replica)).ShouldBe(Old.Values);

        (await replica.Cache.DeleteAsync(CacheType.Feature, Name, cancellationToken: Cancellation)).ShouldBeTrue();

        await AllWrittenAsync(replica);
        (await server.CommandAsync("DBSIZE")).ShouldBe("1");
        (await GetAsync(replica)).ShouldBeNull();
    }

    /// <summary>A busy service has writes that wait at any time.</summary>
    [Fact]
    public async Task Set_AfterADelete_IsNotUndone()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        await SetAsync(replica, Old, TimeSpan.FromMinutes(1));
        replica.Remember(1);
        (await replica.Cache.DeleteAsync(CacheType.Feature, Name, cancellationToken: Cancellation)).ShouldBeTrue();

        await SetAsync(replica, New, TimeSpan.FromMinutes(1));

        await AllWrittenAsync(replica);
        await using var reader = await ConnectAsync(server);
        (await GetAsync(reader)).ShouldBe(New.Values);
    }

    /// <summary>Many lookups, whose answers are under way while entries change.</summary>
    [Fact]
    public async Task SetAndDelete_WhileOthersLookUp_LeaveNothingOld()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        await using var writer = await ConnectAsync(server);
        for (var round = 0; round < 300; round++)
        {
            var name = $"name {round}";
            (await writer.Cache.SetAsync(CacheType.Feature, name, Old, cancellationToken: Cancellation)).ShouldBeTrue();
            var lookups = Enumerable.Range(0, 4).Select(_ => Task.Run(() => replica.Cache.GetAsync(CacheType.Feature, name, cancellationToken: Cancellation).AsTask(), Cancellation)).ToList();
            if (round % 2 == 0)
            {
                (await replica.Cache.SetAsync(CacheType.Feature, name, New, cancellationToken: Cancellation)).ShouldBeTrue();
            }
            else
            {
                (await replica.Cache.DeleteAsync(CacheType.Feature, name, cancellationToken: Cancellation)).ShouldBeTrue();
            }

            await Task.WhenAll(lookups);
            (await replica.Cache.GetAsync(CacheType.Feature, name, cancellationToken: Cancellation))?.Values.ShouldBe(round % 2 == 0 ? New.Values : null, $"round {round}");
        }
    }

    [Fact]
    public async Task Clear_WhileOthersLookUp_LeavesNothingInMemory()
    {
        const int Entries = 20_000;
        await using var server = await RedisServer.StartAsync();
        await using var writer = await ConnectAsync(server);
        await using var replica = await ConnectAsync(server);
        string[] names = [.. Enumerable.Range(0, Entries).Select(number => $"name {number}")];
        foreach (var some in names.Chunk(1_000))
        {
            (await writer.Cache.SetManyAsync(CacheType.Feature, some.Select(name => KeyValuePair.Create(name, Old)), cancellationToken: Cancellation)).ShouldBeTrue();
        }

        using var cleared = new CancellationTokenSource();
        var lookups = Task.Run(async () =>
        {
            for (var i = 0; !cleared.IsCancellationRequested; i = (i + 100) % Entries)
            {
                await replica.Cache.GetManyAsync(CacheType.Feature, names[i..(i + 100)], cancellationToken: Cancellation);
            }
        }, Cancellation);
        (await replica.Cache.ClearAsync(cancellationToken: Cancellation)).Complete.ShouldBeTrue();
        await cleared.CancelAsync();
        await lookups;

        (await replica.Cache.GetManyAsync(CacheType.Feature, names, cancellationToken: Cancellation)).Count.ShouldBe(0);
    }

    /// <summary>With a budget that no pause of the machine uses up: each set and each lookup must be carried out.</summary>
    private static Task<Replica> ConnectAsync(RedisServer server) => Replica.ConnectAsync(redis => (redis.Port, redis.Budget) = (server.Port, Limit));

    private static async Task SetAsync(Replica replica, CachedAnswer answer, TimeSpan ttl) =>
        (await replica.Cache.SetAsync(CacheType.Feature, Name, answer, ttl, cancellationToken: Cancellation)).ShouldBeTrue();

    private static async Task<float[]?> GetAsync(Replica replica) =>
        (await replica.Cache.GetAsync(CacheType.Feature, Name, cancellationToken: Cancellation))?.Values;

    private static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, Cancellation);

    /// <summary>Waits until everything that waits in the background is in Redis: writes go in the order in which they came.</summary>
    private static async Task AllWrittenAsync(Replica replica)
    {
        replica.Remember(99);
        await Poll.UntilAsync(async () => await replica.AskRedisAsync(99) is not null, Limit);
    }
}
