using System.Globalization;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>Replicas that share a healthy Redis.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class SharedCacheTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_OfOneReplica_IsFoundByTheOtherInRedisThenInMemory()
    {
        await using var server = await RedisServer.StartAsync();
        await using var first = await ConnectAsync(server);
        await using var second = await ConnectAsync(server);
        first.Remember(1);
        await first.WrittenAsync(1);

        second.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeFalse();
        Texts.IsRight(1, (await second.AskRedisAsync(1))!).ShouldBeTrue();
        second.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out var local).ShouldBeTrue();
        Texts.IsRight(1, local!).ShouldBeTrue();

        // Another model, another type, another tenant: nothing.
        (await second.Cache.GetSharedAsync(CacheType.Prediction, ["x"], [Texts.KeyOf(1) with { Model = "other" }], Cancellation))[0].ShouldBeNull();
        (await second.Cache.GetSharedAsync(CacheType.Feature, ["x"], [Texts.KeyOf(1)], Cancellation))[0].ShouldBeNull();
        (await second.Cache.GetSharedAsync(CacheType.Prediction, ["x"], [Texts.KeyOf(1)], Cancellation, "tenant"))[0].ShouldBeNull();
    }

    [Fact]
    public async Task GetShared_Batch_IsOneMget()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        Enumerable.Range(0, 100).ToList().ForEach(replica.Remember);
        await replica.WrittenAsync(99);
        await server.CommandAsync("CONFIG", "RESETSTAT");

        var numbers = Enumerable.Range(50, 100).ToArray();
        var answers = await replica.Cache.GetSharedAsync(
            CacheType.Prediction, Array.ConvertAll(numbers, Texts.Of), Array.ConvertAll(numbers, Texts.KeyOf), Cancellation);

        answers.Select(answer => answer is not null).ShouldBe(numbers.Select(number => number < 100));
        numbers.Take(50).Zip(answers).ShouldAllBe(pair => Texts.IsRight(pair.First, pair.Second!));
        var commands = await server.CommandAsync("INFO", "commandstats");
        commands.ShouldContain("cmdstat_mget:calls=1,");
        commands.ShouldNotContain("cmdstat_get:");
    }

    [Fact]
    public async Task GetShared_NothingIsEverFound_AsksNowAndThenUntilThereIsSomething()
    {
        await using var server = await RedisServer.StartAsync();
        await using var reader = await ConnectAsync(server);
        await using var writer = await ConnectAsync(server);
        for (var batch = 0; batch < 100; batch++)
        {
            await AskManyAsync(reader, batch * 100, 100);
        }

        var (asked, spared, started) = (reader.Redis.CountersOf(CacheType.Prediction).Misses, reader.Redis.Spared, TimeProvider.System.GetTimestamp());
        await AskOneByOneAsync(reader, 20_000, 2_000);
        asked = reader.Redis.CountersOf(CacheType.Prediction).Misses - asked;
        asked.ShouldBeLessThanOrEqualTo(1 + (long)(TimeProvider.System.GetElapsedTime(started) / LookupYield.Pause));
        (reader.Redis.Spared - spared).ShouldBe(2_000 - asked);

        Enumerable.Range(30_000, 1_000).ToList().ForEach(writer.Remember);
        await Poll.UntilAsync(async () => int.Parse(await server.CommandAsync("DBSIZE"), CultureInfo.InvariantCulture) >= 1_000, Limit);
        for (var number = 30_000; number < 30_020; number++)
        {
            (await reader.AskRedisAsync(number)).ShouldNotBeNull();
        }

        spared = reader.Redis.Spared;
        (await AskOneByOneAsync(reader, 30_100, 200)).ShouldBe(200);
        reader.Redis.Spared.ShouldBe(spared);
    }

    [Fact]
    public async Task Entry_InRedis_HasTheTypesTtl()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        replica.Remember(1);
        replica.Cache.Remember(CacheType.Feature, Texts.Of(1), Texts.KeyOf(1), Texts.AnswerOf(1));
        await replica.WrittenAsync(1);
        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == "2", Limit);

        (await PttlAsync(server, "prediction")).ShouldBeInRange(3_590_000, 3_600_000);
        (await PttlAsync(server, "feature")).ShouldBeInRange(1_790_000, 1_800_000);
    }

    [Fact]
    public async Task Hit_InTheSecondHalf_RenewsTheEntryInRedis()
    {
        await using var server = await RedisServer.StartAsync();
        await using var writer = await ConnectAsync(server);
        await using var reader = await ConnectAsync(server);
        writer.Cache.Remember(CacheType.Prediction, Texts.Of(1), Texts.KeyOf(1), Texts.AnswerOf(1), TimeSpan.FromSeconds(3));
        await Poll.UntilAsync(async () => await PttlAsync(server, "prediction") is > 0 and < 1_400, Limit);

        (await reader.AskRedisAsync(1)).ShouldNotBeNull();

        await Poll.UntilAsync(async () => await PttlAsync(server, "prediction") > 2_000, Limit);
    }

    [Fact]
    public async Task Value_DamagedInRedis_IsAMiss()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        replica.Remember(1);
        await replica.WrittenAsync(1);

        foreach (var damage in (string[])["", "x", "a value of another program, which is about as long"])
        {
            await server.CommandAsync("SET", (string)RedisKeys.Of("kubesentiment", CacheType.Prediction, Texts.KeyOf(1))!, damage);
            (await replica.AskRedisAsync(1)).ShouldBeNull();
        }

        // A sound value under another's key.
        replica.Remember(2);
        await replica.WrittenAsync(2);
        await server.CommandAsync(
            "COPY",
            (string)RedisKeys.Of("kubesentiment", CacheType.Prediction, Texts.KeyOf(2))!,
            (string)RedisKeys.Of("kubesentiment", CacheType.Prediction, Texts.KeyOf(1))!,
            "REPLACE");
        (await replica.AskRedisAsync(1)).ShouldBeNull();
    }

    [Fact]
    public async Task Value_ThatTheModelCannotHaveGiven_IsAMiss()
    {
        await using var server = await RedisServer.StartAsync();
        await using var writer = await ConnectAsync(server);
        await using var reader = await ConnectAsync(server);
        float[][] wrong = [[], [1], [1, 2, 3, 4], [1, float.NaN, 3], [1, 2, float.PositiveInfinity]];
        for (var i = 0; i < wrong.Length; i++)
        {
            writer.Cache.Remember(CacheType.Prediction, Texts.Of(i), Texts.KeyOf(i), new CachedAnswer(wrong[i], 3, false));
        }

        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == $"{wrong.Length}", Limit);

        for (var i = 0; i < wrong.Length; i++)
        {
            (await reader.AskRedisAsync(i)).ShouldBeNull();
            reader.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(i), out _).ShouldBeFalse();
        }

        reader.Failures.Counts.ShouldBe([new(("get", "damaged"), wrong.Length)]);
        var level = reader.Cache.GetStatistics().Levels.Single(level => level is { Level: "redis", Type: "prediction" });
        (level.Hits, level.Misses, level.Errors).ShouldBe((0, wrong.Length, wrong.Length));

        // Nor is one of them loaded by a replica that warms up.
        writer.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(0), out _).ShouldBeTrue();
        await writer.Frequent.PublishAsync();
        (await reader.Cache.WarmFromFleetAsync(Replica.Model, Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Start_WithAHealthyRedis_CountsNoFailure()
    {
        await using var server = await RedisServer.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await using var replica = await ConnectAsync(server);
            await Poll.UntilAsync(async () => (await server.CommandAsync("PUBSUB", "CHANNELS")).Length > 0, Limit);

            replica.Failures.Counts.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Key_OfAnotherKind_IsAMissAndNoOutage()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        await server.CommandAsync("LPUSH", (string)RedisKeys.Of("kubesentiment", CacheType.Prediction, Texts.KeyOf(1))!, "x");

        (await replica.Cache.GetSharedAsync(CacheType.Prediction, ["a", "b"], [Texts.KeyOf(1), Texts.KeyOf(2)], Cancellation)).ShouldBe([null, null]);
    }

    [Fact]
    public async Task Clear_Namespace_LeavesOthersAlone()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);
        Enumerable.Range(0, 3_000).ToList().ForEach(replica.Remember);
        replica.Cache.Remember(CacheType.Prediction, "a", Texts.KeyOf(1), Texts.AnswerOf(1), tenant: "tenant");
        await server.CommandAsync("SET", "kubesentiment:sessions:1", "not ours");
        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == "3002", Limit);
        (await other.AskRedisAsync(1)).ShouldNotBeNull();
        await Poll.UntilAsync(() => Task.FromResult(other.Monitor.Figures is { Connections: > 0 }), Limit);

        (await replica.Cache.ClearAsync(cancellationToken: Cancellation)).ShouldBe(new CacheClearance(3_000, 3_000, true));

        (await server.CommandAsync("DBSIZE")).ShouldBe("2");
        replica.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _).ShouldBeFalse();
        // The other replica hears of it.
        await Poll.UntilAsync(() => Task.FromResult(!other.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(1), out _)), Limit);
        (await replica.Cache.ClearAsync("tenant", Cancellation)).ShouldBe(new CacheClearance(1, 1, true));
    }

    [Fact]
    public async Task Figures_AreWhatRedisSays()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        Enumerable.Range(0, 150).ToList().ForEach(replica.Remember);
        Enumerable.Range(0, 50).ToList().ForEach(i => replica.Cache.Remember(
            CacheType.Feature, Texts.Of(i), Texts.KeyOf(i), new CachedAnswer(new float[384], 3, false)));
        await server.CommandAsync("SET", "somebody:else", "x");
        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == "201", Limit);

        await replica.Monitor.AskAsync(Cancellation);
        var metrics = replica.Metrics();

        var clients = (await server.CommandAsync("CLIENT", "LIST")).Split('\n').Count(line => line.Contains($"name={replica.Connections.ClientName}"));
        clients.ShouldBeGreaterThan(0);
        metrics["redis_connections_active"].ShouldBe(clients);
        metrics["redis_cache_size_bytes{cache_type=prediction}"].ShouldBe(await MemoryAsync(server, "prediction"), 1);
        metrics["redis_cache_size_bytes{cache_type=feature}"].ShouldBe(await MemoryAsync(server, "feature"), 1);
        var statistics = replica.Cache.GetStatistics();
        statistics.Levels.Single(level => level is { Level: "redis", Type: "prediction" }).Entries.ShouldBe(150);
        statistics.Redis!.Connections.ShouldBe(clients);
    }

    [Fact]
    public async Task Figures_OfManyKeys_AreNearWhatRedisSays()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await ConnectAsync(server);
        Enumerable.Range(0, 9_000).ToList().ForEach(replica.Remember);
        await Poll.UntilAsync(async () => await server.CommandAsync("DBSIZE") == "9000", Limit);
        await server.CommandAsync("DEBUG", "POPULATE", "6000", "others");

        await replica.Monitor.AskAsync(Cancellation);

        // 60 % of a sample of 2000: one standard error is 1.8 % of the figure.
        replica.Monitor.Figures!.SizeOf(CacheType.Prediction)!.Entries.ShouldBeInRange(8_100, 9_900);
    }

    [Fact]
    public async Task NewReplica_StartsWithWhatTheFleetAsksFor()
    {
        await using var server = await RedisServer.StartAsync();
        await using var first = await ConnectAsync(server);
        await using var second = await ConnectAsync(server);
        Ask(first, Enumerable.Range(0, 100), times: 5);
        Ask(second, Enumerable.Range(50, 100), times: 3);
        await first.WrittenAsync(99);
        await second.WrittenAsync(149);
        await first.Frequent.PublishAsync();
        await second.Frequent.PublishAsync();

        await using var third = await Replica.StartAsync(redis => redis.Port = server.Port, cache => cache.WarmFrequentKeys = 120);
        (await third.Cache.WarmFromFleetAsync(Replica.Model, Cancellation)).ShouldBe(120);

        // Asked 8 times, then 5 times; of those asked 3 times only some.
        Enumerable.Range(0, 100).Count(i => IsLocal(third, i)).ShouldBe(100);
        Enumerable.Range(100, 50).Count(i => IsLocal(third, i)).ShouldBe(20);
        (await third.Cache.WarmFromFleetAsync("another-model", Cancellation)).ShouldBe(0);

        // Cleared answers leave no texts behind.
        await first.Cache.ClearAsync(cancellationToken: Cancellation);
        (await server.CommandAsync("KEYS", "*")).ShouldBeEmpty();

        static void Ask(Replica replica, IEnumerable<int> numbers, int times)
        {
            foreach (var number in numbers)
            {
                replica.Remember(number);
                Enumerable.Range(0, times).Count(_ => IsLocal(replica, number)).ShouldBe(times);
            }
        }

        static bool IsLocal(Replica replica, int number) =>
            replica.Cache.TryGetLocal(CacheType.Prediction, Texts.Of(number), out var answer) && Texts.IsRight(number, answer);
    }

    [Fact]
    public async Task Warm_RedisHangs_EndsInTime()
    {
        await using var server = await RedisServer.StartAsync();
        await server.FreezeAsync();
        await using var replica = await Replica.StartAsync(redis => redis.Port = server.Port, cache => cache.WarmTimeout = TimeSpan.FromSeconds(1));

        var started = TimeProvider.System.GetTimestamp();
        (await replica.Cache.WarmFromFleetAsync(Replica.Model, Cancellation)).ShouldBe(0);

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1) + Lookups.Slack);
        await server.ThawAsync();
    }

    [Fact]
    public async Task Application_SetsGetsAndDeletes_AcrossReplicas()
    {
        await using var server = await RedisServer.StartAsync();
        await using var first = await ConnectAsync(server);
        await using var second = await ConnectAsync(server);
        var entries = Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"name {i}", Texts.AnswerOf(i))).ToList();

        (await first.Cache.SetManyAsync(CacheType.Feature, entries, TimeSpan.FromSeconds(30), "tenant-a", Cancellation)).ShouldBeTrue();

        var found = await second.Cache.GetManyAsync(CacheType.Feature, entries.Select(entry => entry.Key).Append("name 99"), "tenant-a", Cancellation);
        found.Count.ShouldBe(20);
        found["name 7"].Values.ShouldBe(Texts.AnswerOf(7).Values);
        (await second.Cache.GetAsync(CacheType.Feature, "name 7", cancellationToken: Cancellation)).ShouldBeNull();
        (await first.Cache.DeleteAsync(CacheType.Feature, "name 7", "tenant-a", Cancellation)).ShouldBeTrue();
        (await server.CommandAsync("DBSIZE")).ShouldBe("19");
    }

    [Fact]
    public async Task Stop_WritesThatWait_AreSent()
    {
        await using var server = await RedisServer.StartAsync();
        await using (var replica = await ConnectAsync(server))
        {
            Enumerable.Range(0, 5_000).ToList().ForEach(replica.Remember);
        }

        (await server.CommandAsync("DBSIZE")).ShouldBe("5000");
    }

    [Fact]
    public async Task Writes_MoreThanASmallQueueHolds_AreWrittenOrCounted()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => (redis.Port, redis.WriteQueueSize) = (server.Port, 1));

        Enumerable.Range(0, 200).ToList().ForEach(replica.Remember);

        await Poll.UntilAsync(() => Task.FromResult(replica.Redis.SetsOf(CacheType.Prediction) + replica.Redis.Writes.Dropped == 200), Limit);
        (await server.CommandAsync("DBSIZE")).ShouldBe($"{replica.Redis.SetsOf(CacheType.Prediction)}");
        replica.Metrics()["sentiment_cache_dropped_writes"].ShouldBe(replica.Redis.Writes.Dropped);
        replica.Redis.Writes.Dropped.ShouldBeGreaterThan(0);
        replica.Remember(1_000);
        await replica.WrittenAsync(1_000);
    }

    private static async Task<long> PttlAsync(RedisServer server, string type)
    {
        var key = await server.CommandAsync("KEYS", $"kubesentiment:{type}:*");
        return long.Parse(await server.CommandAsync("PTTL", key), CultureInfo.InvariantCulture);
    }

    private static async Task<double> MemoryAsync(RedisServer server, string type)
    {
        const string script = "local sum = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do sum = sum + redis.call('MEMORY', 'USAGE', key) end return sum";
        return double.Parse(await server.CommandAsync("EVAL", script, "0", $"kubesentiment:{type}:*"), CultureInfo.InvariantCulture);
    }

    /// <summary>A replica with time enough for every lookup: what is tested here is what it finds, on a busy machine, too.</summary>
    private static Task<Replica> ConnectAsync(RedisServer server) => Replica.ConnectAsync(redis => (redis.Port, redis.Budget) = (server.Port, TimeSpan.FromSeconds(5)));

    private static async Task AskManyAsync(Replica replica, int first, int count)
    {
        var numbers = Enumerable.Range(first, count).ToArray();
        await replica.Cache.GetSharedAsync(CacheType.Prediction, Array.ConvertAll(numbers, Texts.Of), Array.ConvertAll(numbers, Texts.KeyOf), Cancellation);
    }

    /// <summary>How many were found.</summary>
    private static async Task<int> AskOneByOneAsync(Replica replica, int first, int count)
    {
        var found = 0;
        for (var number = first; number < first + count; number++)
        {
            found += await replica.LookUpOnceAsync(number) is null ? 0 : 1;
        }

        return found;
    }
}
