using System.Globalization;
using KubeSentiment.Caching;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.Resilience;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>
/// Everything that can be wrong with one Redis. In each case no lookup throws, none waits longer than the budget, the breaker says how it stands, and the
/// cache is back without a restart.
/// </summary>
[Collection(nameof(RedisFaultTests))]
public sealed class RedisFaultTests
{
    private static readonly TimeSpan Fault = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_AbsentAtStart_IsUsedOnceItComes()
    {
        await using var server = RedisServer.Make();
        await using var replica = await Replica.StartAsync(redis => redis.Port = server.Port);

        (await Lookups.RunAsync(replica, Fault)).Found.ShouldBe(0);
        replica.Breaker.State.ShouldBe(CircuitState.Open);
        replica.Breaker.Rejected.ShouldBeGreaterThan(0);
        await Task.Delay(Replica.Recovery, TimeProvider.System, Cancellation);
        (await replica.Cache.CheckHealthAsync(Cancellation)).ShouldBe(new CacheHealth(false, "There is no connection to Redis. The memory works alone.", null));
        await server.StartAsync();

        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_DiesUnderLoad_IsUsedAgainAfterItsRestart()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        (await Lookups.RunAsync(replica, Fault)).Found.ShouldBeGreaterThan(0);

        var load = Lookups.RunAsync(replica, Fault);
        await server.KillAsync();
        await load;
        replica.Breaker.State.ShouldNotBe(CircuitState.Closed);

        // Restarted empty: what it knew is computed and stored anew.
        await server.StartAsync();
        await RecoversAsync(replica);
        (await Lookups.RunAsync(replica, Fault)).Found.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Redis_Hangs_IsUsedAgainOnceItGoesOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        await Lookups.RunAsync(replica, Fault);

        await server.FreezeAsync();
        await Lookups.RunAsync(replica, Fault * 2);
        replica.Breaker.State.ShouldNotBe(CircuitState.Closed);
        await server.ThawAsync();

        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_PausesForAMoment_IsNotLeftAlone()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);

        // Twenty times as many lookups wait as the breaker needs failures, and all in vain.
        await server.FreezeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(replica.AskRedisAsync));
        await server.ThawAsync();

        answers.ShouldAllBe(answer => answer == null);
        replica.Breaker.Snapshot().ConsecutiveFailures.ShouldBe(1);
        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_HangsAtStart_HoldsUpNothing()
    {
        await using var server = await RedisServer.StartAsync();
        await server.FreezeAsync();
        await using var replica = await Replica.StartAsync(redis => redis.Port = server.Port);

        (await Lookups.RunAsync(replica, Fault)).Found.ShouldBe(0);
        await server.ThawAsync();

        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_IsSlow_IsLeftAloneUntilItIsFast()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        await Lookups.RunAsync(replica, Fault);

        // Answers, but each only after the budget.
        await server.CommandAsync("CLIENT", "PAUSE", "3000", "ALL");
        await Lookups.RunAsync(replica, Fault);
        replica.Breaker.State.ShouldNotBe(CircuitState.Closed);

        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_Full_StillAnswersReads()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "noeviction");
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        replica.Remember(1);
        await replica.WrittenAsync(1);

        await server.CommandAsync("CONFIG", "SET", "maxmemory", "1mb");
        replica.Remember(-1);
        await Poll.UntilAsync(() => Task.FromResult(replica.Redis.Writes.Dropped > 0), RecoveryLimit);
        await WriteInVainAsync(replica);
        await Lookups.RunAsync(replica, Fault);

        // What it refuses is no reason not to ask it.
        replica.Breaker.State.ShouldBe(CircuitState.Closed);
        (await replica.AskRedisAsync(1)).ShouldNotBeNull();
        (await replica.AskRedisAsync(-1)).ShouldBeNull();
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_ReadOnly_StillAnswersReads()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        replica.Remember(1);
        await replica.WrittenAsync(1);

        // Writes are refused while there are fewer replicas than this.
        await server.CommandAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        replica.Remember(-1);
        await Poll.UntilAsync(() => Task.FromResult(replica.Redis.Writes.Dropped > 0), RecoveryLimit);
        await WriteInVainAsync(replica);
        await Lookups.RunAsync(replica, Fault);

        replica.Breaker.State.ShouldBe(CircuitState.Closed);
        (await replica.AskRedisAsync(1)).ShouldNotBeNull();
        await server.CommandAsync("CONFIG", "SET", "min-replicas-to-write", "0");
        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_BecomesAReplicaOfNowhere_IsUsedAgainOnceItIsAMaster()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        replica.Remember(1);
        await replica.WrittenAsync(1);

        await server.CommandAsync("REPLICAOF", "127.0.0.1", FreePort.Next().ToString(CultureInfo.InvariantCulture));
        await Lookups.RunAsync(replica, Fault);
        await server.CommandAsync("REPLICAOF", "NO", "ONE");

        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_Flushed_IsFilledAgain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        await Lookups.RunAsync(replica, Fault);

        await server.CommandAsync("FLUSHALL");
        await Lookups.RunAsync(replica, Fault);

        replica.Breaker.State.ShouldBe(CircuitState.Closed);
        (await server.CommandAsync("DBSIZE")).ShouldNotBe("0");
    }

    [Fact]
    public async Task Redis_WrongPassword_IsUsedOnceItIsRight()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var replica = await Replica.StartAsync(redis =>
        {
            redis.Port = server.Port;
            redis.Password = "late-secret";
        });

        (await Lookups.RunAsync(replica, Fault)).Found.ShouldBe(0);
        replica.Breaker.State.ShouldNotBe(CircuitState.Closed);
        await Poll.UntilAsync(
            async () => await replica.Cache.CheckHealthAsync(Cancellation) is { Healthy: false, Message: "There is no connection to Redis (authentication). The memory works alone." },
            RecoveryLimit);
        await Poll.UntilAsync(() => Task.FromResult(replica.Logs.Lines.Any(line => line.Contains("cannot be reached (authentication)"))), RecoveryLimit);

        // Said once, however often it was tried, and without the password.
        replica.Logs.Lines.Count(line => line.Contains("cannot be reached (authentication)")).ShouldBe(1);
        replica.Logs.Lines.ShouldAllBe(line => !line.Contains("late-secret"));
        await server.CommandAsync("-a", "right", "--no-auth-warning", "CONFIG", "SET", "requirepass", "late-secret");

        await RecoversAsync(replica);
    }

    [Theory]
    [InlineData("old")]
    [InlineData(null)]
    public async Task Redis_RestartedWithAnotherPassword_IsTold(string? known)
    {
        await using var server = await RedisServer.StartAsync();
        if (known is not null)
        {
            await server.CommandAsync("CONFIG", "SET", "requirepass", known);
        }

        await using var replica = await Replica.ConnectAsync(redis =>
        {
            redis.Port = server.Port;
            redis.Password = known;
        });

        // The client tells why a connection broke, and nothing of those that it tries after that.
        await server.KillAsync();
        await Poll.UntilAsync(() => Task.FromResult(!replica.Connections.IsConnected), RecoveryLimit);
        await server.StartAsync();
        await server.CommandAsync("CONFIG", "SET", "requirepass", "another");
        await server.CommandAsync("-a", "another", "--no-auth-warning", "CLIENT", "KILL", "TYPE", "normal");

        await Poll.UntilAsync(
            async () => await replica.Cache.CheckHealthAsync(Cancellation) is { Healthy: false, Message: "There is no connection to Redis (authentication). The memory works alone." },
            RecoveryLimit);
        await Poll.UntilAsync(
            () => Task.FromResult(replica.Logs.Lines.Any(line => line.Contains($"127.0.0.1:{server.Port} cannot be reached (authentication)"))), RecoveryLimit);
    }

    [Fact]
    public async Task Redis_Loading_IsToldOnceAndUsedWhenItHasLoaded()
    {
        await using var server = await RedisServer.StartAsync(
            "--enable-debug-command", "yes", "--key-load-delay", "60", "--loading-process-events-interval-bytes", "1024");
        await server.CommandAsync("DEBUG", "POPULATE", "100000");
        await server.CommandAsync("SAVE");
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);

        await server.KillAsync();
        await server.StartAsync();

        // Connections come and go while it loads; whoever gets through hears that it is loading.
        var words = new HashSet<string>();
        await Poll.UntilAsync(
            async () =>
            {
                var health = await replica.Cache.CheckHealthAsync(Cancellation);
                words.Add(health.Message);
                replica.Connections.TellTrouble();
                return (await server.CommandAsync("PING")) == "PONG";
            },
            RecoveryLimit + RecoveryLimit);

        words.ShouldContain(word => word.Contains("(loading)"));
        replica.Logs.Lines.Count(line => line.Contains("cannot be reached (loading)")).ShouldBeLessThanOrEqualTo(1);
        replica.Logs.Lines.Count(line => line.Contains("cannot be reached (not_connected)")).ShouldBeLessThanOrEqualTo(1);
        await RecoversAsync(replica);
    }

    [Fact]
    public async Task Redis_WithoutTraffic_IsNoticedToBeBack()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis => redis.Port = server.Port);
        await server.FreezeAsync();
        await Poll.UntilAsync(() => Task.FromResult(replica.Breaker.State == CircuitState.Open), RecoveryLimit);
        await server.ThawAsync();

        // Nobody asks: the monitor's ping is the trial.
        await Poll.UntilAsync(() => Task.FromResult(replica.Breaker.State == CircuitState.Closed), RecoveryLimit);
        await Poll.UntilAsync(() => Task.FromResult(replica.Monitor.Figures is { Connections: > 0 }), RecoveryLimit);
    }

    [Fact]
    public async Task Lookup_CallerGoesAway_CountsAsNothing()
    {
        await using var server = await RedisServer.StartAsync();
        await using var replica = await Replica.ConnectAsync(redis =>
        {
            redis.Port = server.Port;
            redis.MonitorInterval = TimeSpan.FromHours(1);
            redis.Budget = TimeSpan.FromSeconds(5);
        });
        await Poll.UntilAsync(() => Task.FromResult(replica.Monitor.Figures is { Connections: > 0 }), RecoveryLimit);
        await server.FreezeAsync();
        for (var i = 0; i < 10; i++)
        {
            using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            await Should.ThrowAsync<OperationCanceledException>(async () =>
                await replica.Cache.GetSharedAsync(CacheType.Prediction, [Texts.Of(1)], [Texts.KeyOf(1)], leaving.Token));
        }

        replica.Breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
        await server.ThawAsync();
    }

    /// <summary>An application's writes, more than the breaker needs failures.</summary>
    private static async Task WriteInVainAsync(Replica replica)
    {
        for (var i = 0; i < 2 * replica.Breaker.FailureThreshold; i++)
        {
            (await replica.Cache.SetAsync(CacheType.Prediction, $"name {i}", Texts.AnswerOf(i), cancellationToken: Cancellation)).ShouldBeFalse();
        }

        replica.Breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
    }

    /// <summary>Something new is stored and found again, by lookups alone.</summary>
    private static async Task RecoversAsync(Replica replica)
    {
        const int fresh = 1_000_000;
        await Poll.UntilAsync(
            async () =>
            {
                replica.Remember(fresh);
                return await replica.AskRedisAsync(fresh) is not null;
            },
            RecoveryLimit);
        replica.Breaker.State.ShouldBe(CircuitState.Closed);
        (await replica.Cache.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
    }
}
