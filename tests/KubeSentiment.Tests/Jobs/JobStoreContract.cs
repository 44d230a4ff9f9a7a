using KubeSentiment.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Jobs;

/// <summary>What every store promises. Redis' passes the same tests, with a server.</summary>
public abstract class JobStoreContract
{
    private protected ManualTime Time { get; } = new();

    private protected JobOptions Options { get; } = new();

    private protected JobEvents Events { get; } = new(new JobMetrics(new JobOptions(), new NoMeters()), NullLogger<JobEvents>.Instance);

    [Fact]
    public async Task Find_NewJob_IsPending()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 3);

        var found = (await store.FindAsync(job.Id)).ShouldNotBeNull();

        found.ShouldBe(job);
        (found.State, found.DoneTexts, found.ProgressPercentage).ShouldBe((JobState.Pending, 0, 0));
    }

    [Fact]
    public async Task Find_UnknownId_IsNothing()
    {
        var store = await OpenAsync();

        (await store.FindAsync(Guid.NewGuid())).ShouldBeNull();
        (await store.CancelAsync(Guid.NewGuid())).ShouldBeNull();
    }

    [Fact]
    public async Task Take_EmptyStore_IsNothing() => (await (await OpenAsync()).TakeAsync()).ShouldBeNull();

    [Fact]
    public async Task Complete_AllChunks_CompletesTheJobAndKeepsItsResults()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, texts: 5, chunkTexts: 2);

        for (var i = 0; i < 3; i++)
        {
            var chunk = (await store.TakeAsync()).ShouldNotBeNull();
            TextPacker.Unpack(chunk.Texts, chunk.Count).ShouldBe(Enumerable.Range(chunk.FirstText, chunk.Count).Select(n => $"text {n}"));
            (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Processing);
            Time.Advance(TimeSpan.FromSeconds(1));
            (await store.CompleteAsync(chunk, [(byte)chunk.Index, 7], failedTexts: chunk.Index)).ShouldBeTrue();
        }

        var ended = (await store.FindAsync(job.Id)).ShouldNotBeNull();
        (ended.State, ended.DoneTexts, ended.FailedTexts, ended.ProgressPercentage).ShouldBe((JobState.Completed, 5, 3, 100));
        ended.StartedAt.ShouldBe(job.CreatedAt);
        ended.FinishedAt.ShouldBe(job.CreatedAt + TimeSpan.FromSeconds(3));
        ended.KeptUntil.ShouldBe(ended.FinishedAt + Options.Retention);
        (await store.ReadAsync(job.Id, 1, 2)).ShouldBe([[1, 7], [2, 7]]);
        (await store.TakeAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Complete_TheSameChunkTwice_CountsOnce()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 2);
        var chunk = (await store.TakeAsync()).ShouldNotBeNull();

        (await store.CompleteAsync(chunk, [1], 0)).ShouldBeTrue();
        (await store.CompleteAsync(chunk, [2], 1)).ShouldBeFalse();

        var found = (await store.FindAsync(job.Id)).ShouldNotBeNull();
        (found.DoneTexts, found.FailedTexts).ShouldBe((1, 0));
        (await store.ReadAsync(job.Id, chunk.Index, 1))[0].ShouldBe([1]);
    }

    [Fact]
    public async Task Take_SeveralPriorities_HighestFirst()
    {
        var store = await OpenAsync();
        await AddAsync(store, 2, priority: JobPriority.Low);
        await AddAsync(store, 2, priority: JobPriority.Medium);
        await AddAsync(store, 2, priority: JobPriority.High);

        List<JobPriority> taken = [];
        while (await store.TakeAsync() is { } chunk)
        {
            taken.Add(chunk.Job.Priority);
        }

        taken.ShouldBe([JobPriority.High, JobPriority.High, JobPriority.Medium, JobPriority.Medium, JobPriority.Low, JobPriority.Low]);
    }

    [Fact]
    public async Task Take_SmallJobBehindABigOne_GetsItsTurn()
    {
        var store = await OpenAsync();
        var big = await AddAsync(store, 200);
        var small = await AddAsync(store, 3);

        List<Guid> order = [];
        while (await store.TakeAsync() is { } chunk)
        {
            order.Add(chunk.Job.Id);
            await store.CompleteAsync(chunk, [0], 0);
        }

        order.Count.ShouldBe(203);
        order.LastIndexOf(small.Id).ShouldBeLessThan(100);
        order[^1].ShouldBe(big.Id);
    }

    [Fact]
    public async Task GiveBack_AChunk_IsTakenAgainAndCountedOnce()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 1);
        var chunk = (await store.TakeAsync()).ShouldNotBeNull();
        (await store.TakeAsync()).ShouldBeNull();

        await store.GiveBackAsync(chunk);

        var again = (await store.TakeAsync()).ShouldNotBeNull();
        again.Texts.ShouldBe(chunk.Texts);
        again.Attempt.ShouldBe(1);
        (await store.CompleteAsync(again, [1], 0)).ShouldBeTrue();
        (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task Cancel_WhileAChunkIsInHand_StopsEverything()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 3);
        await store.CompleteAsync((await store.TakeAsync())!, [9], 0);
        var chunk = (await store.TakeAsync()).ShouldNotBeNull();
        (await store.KeepAsync(chunk)).ShouldBeTrue();

        (await store.CancelAsync(job.Id))!.State.ShouldBe(JobState.Cancelled);

        (await store.KeepAsync(chunk)).ShouldBeFalse();
        (await store.CompleteAsync(chunk, [9], 0)).ShouldBeFalse();
        (await store.TakeAsync()).ShouldBeNull();
        (await store.FindAsync(job.Id))!.DoneTexts.ShouldBe(1);
        (await store.ReadAsync(job.Id, 0, 3)).ShouldBe([[9], null, null]);
        (await store.MeasureAsync()).WaitingTexts.Values.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task Cancel_AJobThatHasEnded_LeavesItAsItIs()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 1);
        await store.CompleteAsync((await store.TakeAsync())!, [9], 0);

        (await store.CancelAsync(job.Id))!.State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task Sweep_AfterTheTimeout_ExpiresTheJob()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 2, timeoutSeconds: 10);
        var chunk = (await store.TakeAsync()).ShouldNotBeNull();

        Time.Advance(TimeSpan.FromSeconds(9.9));
        await store.SweepAsync();
        (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Processing);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        (await store.TakeAsync()).ShouldBeNull();
        await store.SweepAsync();

        (await store.FindAsync(job.Id))!.State.ShouldBe(JobState.Expired);
        (await store.CompleteAsync(chunk, [1], 0)).ShouldBeFalse();
    }

    [Fact]
    public async Task Sweep_AfterTheRetention_ForgetsJobAndResults()
    {
        var store = await OpenAsync();
        var job = await AddAsync(store, 1);
        await store.CompleteAsync((await store.TakeAsync())!, [9], 0);

        Time.Advance(Options.Retention - TimeSpan.FromSeconds(1));
        await store.SweepAsync();
        (await store.FindAsync(job.Id)).ShouldNotBeNull();
        Time.Advance(TimeSpan.FromSeconds(1));
        await store.SweepAsync();

        (await store.FindAsync(job.Id)).ShouldBeNull();
        (await store.ReadAsync(job.Id, 0, 1)).ShouldBe([null]);
        ShouldBeEmpty(await store.MeasureAsync());
    }

    [Fact]
    public async Task Add_BeyondABound_IsRefusedByThatBoundUntilThereIsRoom()
    {
        (Options.MaxJobs, Options.MaxTexts, Options.MaxBytes) = (3, 100, 40_000);
        var store = await OpenAsync();
        var first = await AddAsync(store, 60);
        (await store.AddAsync(NewJobs.Of(Time, 41))).ShouldBe(JobBound.Texts);
        (await store.AddAsync(NewJobs.Of(Time, 40) with { Chunks = [new byte[40_000]] })).ShouldBe(JobBound.Bytes);
        await AddAsync(store, 1);
        await AddAsync(store, 1);
        (await store.AddAsync(NewJobs.Of(Time, 1))).ShouldBe(JobBound.Jobs);

        await store.CancelAsync(first.Id);

        await AddAsync(store, 60);
    }

    [Fact]
    public async Task Measure_AlongAJobsLife_AddsUp()
    {
        var store = await OpenAsync();
        ShouldBeEmpty(await store.MeasureAsync());
        var added = NewJobs.Of(Time, 4, chunkTexts: 2, JobPriority.High);
        (await store.AddAsync(added)).ShouldBeNull();
        var figures = await store.MeasureAsync();
        (figures.UnfinishedJobs, figures.KeptJobs, figures.WaitingTexts[JobPriority.High], figures.Bytes).ShouldBe((1, 0, 4, added.Bytes));

        var chunk = (await store.TakeAsync()).ShouldNotBeNull();
        await store.CompleteAsync(chunk, new byte[50], 0);
        figures = await store.MeasureAsync();
        (figures.WaitingTexts[JobPriority.High], figures.Bytes).ShouldBe((2, added.Bytes - chunk.Texts.Length - (2 * NewJob.BytesOfResult) + 50));

        await store.CompleteAsync((await store.TakeAsync())!, new byte[70], 0);
        figures = await store.MeasureAsync();
        (figures.UnfinishedJobs, figures.KeptJobs, figures.WaitingTexts.Values.Sum(), figures.Bytes).ShouldBe((0, 1, 0, NewJob.BytesOfJob + 120));
    }

    [Fact]
    public async Task WorkArrived_OnANewJob_Completes()
    {
        var store = await OpenAsync();
        var arrived = store.WorkArrived;
        arrived.IsCompleted.ShouldBeFalse();

        await AddAsync(store, 1);

        await arrived.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Many workers, some of whom give back or complete twice, while jobs are added and cancelled: every text of a completed job is counted once.</summary>
    [Fact]
    public async Task Store_ManyWorkers_CountsEveryTextOnce()
    {
        var store = await OpenAsync();
        List<Job> jobs = [];
        for (var i = 0; i < 12; i++)
        {
            jobs.Add(await AddAsync(store, texts: 70 + i, chunkTexts: 3, priority: (JobPriority)(i % 3)));
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() => WorkAsync(new Random(seed)))))
            .WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);

        // Integrity: each job that was not called off is complete, each of its chunks has its own result, nothing is left over.
        foreach (var job in jobs)
        {
            var found = (await store.FindAsync(job.Id)).ShouldNotBeNull();
            if (found.State == JobState.Completed)
            {
                found.DoneTexts.ShouldBe(job.TotalTexts);
                (await store.ReadAsync(job.Id, 0, job.Chunks)).ShouldBe(Enumerable.Range(0, job.Chunks).Select(index => new byte[] { (byte)index }));
            }
            else
            {
                found.State.ShouldBe(JobState.Cancelled);
                found.DoneTexts.ShouldBeLessThan(job.TotalTexts);
            }
        }

        jobs.Count.ShouldBe(12);
        (await store.TakeAsync()).ShouldBeNull();
        var figures = await store.MeasureAsync();
        (figures.UnfinishedJobs, figures.KeptJobs, figures.WaitingTexts.Values.Sum()).ShouldBe((0, 12, 0));
        Time.Advance(Options.Retention + TimeSpan.FromHours(1));
        await store.SweepAsync();
        ShouldBeEmpty(await store.MeasureAsync());

        async Task WorkAsync(Random random)
        {
            while ((await store.MeasureAsync()).UnfinishedJobs > 0)
            {
                if (await store.TakeAsync() is not { } chunk)
                {
                    await Task.Yield();
                    continue;
                }

                switch (random.Next(12))
                {
                    case 0:
                        await store.GiveBackAsync(chunk);
                        break;
                    case 1 when random.Next(20) == 0:
                        await store.CancelAsync(chunk.Job.Id);
                        break;
                    case 2:
                        await Task.WhenAll(store.CompleteAsync(chunk, [(byte)chunk.Index], 0), store.CompleteAsync(chunk, [(byte)chunk.Index], 0));
                        break;
                    default:
                        await store.KeepAsync(chunk);
                        await store.CompleteAsync(chunk, [(byte)chunk.Index], 0);
                        break;
                }
            }
        }
    }

    /// <summary>An empty store with <see cref="Time"/>, <see cref="Options"/> and <see cref="Events"/>.</summary>
    private protected abstract Task<IJobStore> OpenAsync();

    private protected async Task<Job> AddAsync(IJobStore store, int texts, int chunkTexts = 1, JobPriority priority = JobPriority.Medium, int timeoutSeconds = 300)
    {
        var job = NewJobs.Of(Time, texts, chunkTexts, priority, timeoutSeconds);
        (await store.AddAsync(job)).ShouldBeNull();
        return job.Job;
    }

    private static void ShouldBeEmpty(JobFigures figures) =>
        (figures.UnfinishedJobs, figures.KeptJobs, figures.WaitingTexts.Values.Sum(), figures.Bytes).ShouldBe((0, 0, 0, 0));
}
