using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.Jobs;
using KubeSentiment.Jobs.Redis;
using KubeSentiment.Tests.Jobs;

namespace KubeSentiment.IntegrationTests.Jobs;

/// <summary>The store in Redis keeps what every store promises, and what it promises beyond that: others take over, and what Redis loses is noticed.</summary>
public sealed class RedisJobStoreTests : JobStoreContract, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<JobStoreReplica> _replicas = [];
    private RedisServer? _server;

    private static string[] TheUser => DocumentedUser.Of("docs/caching.md", "docs/jobs.md");

    private RedisServer Server => _server!;

    /// <summary>With the user that the pages say is enough, whom all tests here use.</summary>
    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(TheUser);

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        if (_server is not null)
        {
            await using var server = _server;
            await DocumentedUser.ShouldNotBeDeniedAnythingAsync(server);
        }
    }

    [Fact]
    public async Task Take_AChunkOfASilentReplica_GoesToAnotherOnceItIsIdle()
    {
        Options.ClaimIdle = TimeSpan.FromSeconds(0.5);
        var (dead, alive) = (await OpenAsync(), await OpenAsync());
        var job = await AddAsync(dead, 1);
        var lost = (await dead.TakeAsync()).ShouldNotBeNull();
        (await alive.TakeAsync()).ShouldBeNull();

        JobChunk? taken = null;
        await Poll.UntilAsync(async () => (taken = await alive.TakeAsync()) is not null, Limit);

        taken!.Attempt.ShouldBe(2);
        taken.Texts.ShouldBe(lost.Texts);
        (await dead.KeepAsync(lost)).ShouldBeFalse();

        // Both score it: it is counted once, whoever comes first.
        (await dead.CompleteAsync(lost, [1], 0)).ShouldBeTrue();
        (await alive.CompleteAsync(taken, [2], 0)).ShouldBeFalse();
        (await alive.FindAsync(job.Id))!.DoneTexts.ShouldBe(1);
        (await alive.ReadAsync(job.Id, 0, 1))[0].ShouldBe([1]);
    }

    [Fact]
    public async Task Keep_WhileAChunkIsInHand_KeepsOthersFromTakingIt()
    {
        Options.ClaimIdle = TimeSpan.FromSeconds(1);
        var (slow, other) = (await OpenAsync(), await OpenAsync());
        await AddAsync(slow, 1);
        var chunk = (await slow.TakeAsync()).ShouldNotBeNull();

        var started = TimeProvider.System.GetTimestamp();
        await Poll.UntilAsync(
            async () =>
            {
                (await slow.KeepAsync(chunk)).ShouldBeTrue();
                (await other.TakeAsync()).ShouldBeNull();
                return TimeProvider.System.GetElapsedTime(started) > 3 * Options.ClaimIdle;
            },
            Limit);

        (await slow.CompleteAsync(chunk, [1], 0)).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_AChunkThatKillsWhoeverHasIt_FailsItsJob()
    {
        Options.ClaimIdle = TimeSpan.FromMilliseconds(20);
        var store = await OpenAsync();
        var job = await AddAsync(store, 1);

        List<int> attempts = [];
        await Poll.UntilAsync(
            async () =>
            {
                if (await store.TakeAsync() is { } chunk)
                {
                    attempts.Add(chunk.Attempt);
                }

                return (await store.FindAsync(job.Id))!.State == JobState.Failed;
            },
            Limit);

        attempts.ShouldBe(Enumerable.Range(1, RedisJobStore.MostAttempts));
        (await store.FindAsync(job.Id))!.Reason.ShouldNotBeNull().ShouldContain("5 times");
    }

    [Fact]
    public async Task Find_OnAnotherReplica_IsTheSameJob()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        var job = await AddAsync(first, texts: 5, chunkTexts: 2, JobPriority.High, timeoutSeconds: 77);

        (await second.FindAsync(job.Id)).ShouldBe(job);
        (await second.CancelAsync(job.Id))!.State.ShouldBe(JobState.Cancelled);
        (await first.FindAsync(job.Id))!.State.ShouldBe(JobState.Cancelled);
    }

    [Fact]
    public async Task Flush_WithAJob_FailsItForAllReplicas()
    {
        var (first, second) = (await OpenAsync(), await OpenAsync());
        var job = await AddAsync(first, 3);
        var chunk = (await second.TakeAsync()).ShouldNotBeNull();

        await Server.CommandAsync("FLUSHALL");

        (await first.FindAsync(job.Id))!.State.ShouldBe(JobState.Failed);
        var seen = (await second.FindAsync(job.Id)).ShouldNotBeNull();
        (seen.State, seen.TotalTexts).ShouldBe((JobState.Failed, 3));
        seen.Reason.ShouldNotBeNull().ShouldContain("lost");
        (await second.CompleteAsync(chunk, [1], 0)).ShouldBeFalse();
        (await second.TakeAsync()).ShouldBeNull();

        // And everything goes on.
        var next = await AddAsync(second, 1);
        (await first.CompleteAsync((await first.TakeAsync())!, [1], 0)).ShouldBeTrue();
        (await first.FindAsync(next.Id))!.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task Sweep_AfterAFlush_FailsJobsThatNobodyAsksFor()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 3);
        await Server.CommandAsync("FLUSHALL");

        await store.SweepAsync();

        (await Server.CommandAsync("HGET", $"{{kubesentiment:jobs}}:job:{job.Id}", "state")).ShouldBe("failed");
    }

    [Fact]
    public async Task Take_TextsAreGone_FailsTheJob()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 3);
        await Server.CommandAsync("DEL", $"{{kubesentiment:jobs}}:texts:{job.Id}:0");

        (await store.TakeAsync()).ShouldBeNull();

        var found = (await store.FindAsync(job.Id)).ShouldNotBeNull();
        (found.State, found.Reason).ShouldBe((JobState.Failed, "Redis has lost texts of it."));
    }

    [Theory]
    [InlineData("queue:medium")]
    [InlineData("open:")]
    public async Task Sweep_TheQueueIsGone_EntersTheChunksAgain(string key)
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 40);
        await store.CompleteAsync((await store.TakeAsync())!, [0], 0);
        await Server.CommandAsync("DEL", $"{{kubesentiment:jobs}}:{key}{(key.EndsWith(':') ? job.Id : "")}");

        await store.SweepAsync();

        while (await store.TakeAsync() is { } chunk)
        {
            await store.CompleteAsync(chunk, [0], 0);
        }

        (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task Sweep_AJobWhoseTextsNeverCame_GivesItsRoomBack()
    {
        var store = await OpenAsync();
        await AddAsync(store, 1);
        var job = await AddAsync(store, 3);
        await Server.CommandAsync("HSET", $"{{kubesentiment:jobs}}:job:{job.Id}", "state", "loading");
        await Server.CommandAsync("ZADD", "{kubesentiment:jobs}:active", "1", job.Id.ToString());
        (await store.FindAsync(Guid.NewGuid())).ShouldBeNull();

        await store.SweepAsync();

        (await store.MeasureAsync()).UnfinishedJobs.ShouldBe(1);
        (await store.MeasureAsync()).WaitingTexts[JobPriority.Medium].ShouldBe(1);
    }

    [Fact]
    public async Task Store_WhileRedisIsAway_SaysSoAndGoesOnAfterwards()
    {
        await Server.DisposeAsync();
        _server = await RedisServer.StartAsync(["--appendonly", "yes", "--appendfsync", "always", .. TheUser]);
        var store = await OpenAsync();
        var job = await AddAsync(store, 2);
        var chunk = (await store.TakeAsync()).ShouldNotBeNull();

        await Server.KillAsync();
        await Should.ThrowAsync<JobStoreException>(() => store.FindAsync(job.Id));
        await Should.ThrowAsync<JobStoreException>(() => store.CompleteAsync(chunk, [1], 0));
        await Should.ThrowAsync<JobStoreException>(() => store.AddAsync(NewJobs.Of(Time, 1)));
        await Server.StartAsync();
        await _replicas[0].UntilConnectedAsync();

        (await store.CompleteAsync(chunk, [1], 0)).ShouldBeTrue();
        (await store.CompleteAsync((await store.TakeAsync())!, [2], 0)).ShouldBeTrue();
        (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task Keys_OfForgottenAndRunningJobs_AreAllBounded()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, texts: 10, chunkTexts: 3);
        await store.CompleteAsync((await store.TakeAsync())!, [1], 0);

        // Each key of the job goes by itself, should no replica be left to sweep.
        foreach (var key in (await Server.CommandAsync("KEYS", $"*{job.Id}*")).Split('\n'))
        {
            int.Parse(await Server.CommandAsync("TTL", key)).ShouldBeInRange(300, 4_300, key);
        }

        await store.CancelAsync(job.Id);
        Time.Advance(Options.Retention);
        await store.SweepAsync();
        (await Server.CommandAsync("KEYS", $"*{job.Id}*")).ShouldBeEmpty();
        (await Server.CommandAsync("HGETALL", "{kubesentiment:jobs}:held")).ShouldNotContain(job.Id.ToString());
    }

    private protected override async Task<IJobStore> OpenAsync()
    {
        var replica = await JobStoreReplica.ConnectAsync(Server, Options, Events, Time);
        _replicas.Add(replica);
        return replica.Store;
    }
}
