using KubeSentiment.Inference;
using KubeSentiment.Jobs;
using KubeSentiment.Jobs.Memory;
using KubeSentiment.Load;
using KubeSentiment.Pipeline;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Jobs;

/// <summary>Who takes chunks, scores them and hands them in.</summary>
public sealed class JobWorkersTests : IAsyncDisposable
{
    private readonly TestService _service = JobTests.Idle();
    private readonly FakeTimeProvider _time = new();
    private readonly ManualTime _storeTime = new();
    private readonly Lifetime _lifetime = new();
    private readonly JobOptions _options = new();
    private readonly JobMetrics _metrics;
    private readonly JobEvents _events;
    private readonly MemoryJobStore _store;

    public JobWorkersTests()
    {
        _metrics = new JobMetrics(_options, new NoMeters());
        _events = new JobEvents(_metrics, NullLogger<JobEvents>.Instance);
        _store = new MemoryJobStore(_options, _events, _storeTime);
    }

    [Fact]
    public async Task Work_StoreThatFailsNowAndThen_ScoresEveryTextOnce()
    {
        var flaky = new FlakyStore(_store, new Random(1));
        var job = NewJobs.Of(_storeTime, texts: 500, chunkTexts: 7);
        await _store.AddAsync(job);
        var workers = Workers(flaky);

        await workers.StartedAsync(TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await _store.FindAsync(job.Job.Id))!.State == JobState.Completed);
        await StopAsync(workers);

        flaky.Failures.ShouldBeGreaterThan(10);
        (await _store.FindAsync(job.Job.Id))!.DoneTexts.ShouldBe(500);
        var decoded = (await _store.ReadAsync(job.Job.Id, 0, job.Job.Chunks)).SelectMany((bytes, index) => ResultCodec.Decode(bytes, Math.Min(7, 500 - (index * 7))).Results);
        decoded.Select(result => result.TextLength).ShouldBe(Enumerable.Range(0, 500).Select(number => $"text {number}".Length));
    }

    [Fact]
    public async Task Work_AskedToStop_GivesBackWhatItHas()
    {
        var gate = _service.Services.GetRequiredService<AdmissionController>();
        using var full = await gate.TryEnterAsync(gate.Capacity, TestContext.Current.CancellationToken);
        var (workers, _) = await StandBeforeAsync(gate);

        await StopAsync(workers);

        gate.QueuedInBackground.ShouldBe(0);
        List<int> chunks = [];
        while (await _store.TakeAsync() is { } chunk)
        {
            chunks.Add(chunk.Index);
        }

        chunks.Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Work_JobIsCancelled_LetsGoOfItsChunks()
    {
        var gate = _service.Services.GetRequiredService<AdmissionController>();
        using var full = await gate.TryEnterAsync(gate.Capacity, TestContext.Current.CancellationToken);
        var (workers, job) = await StandBeforeAsync(gate);

        await _store.CancelAsync(job.Job.Id);

        // The next sign of life tells them.
        await UntilAsync(() => Task.FromResult(gate.QueuedInBackground == 0));
        await StopAsync(workers);
        _metrics.TotalChunks.ShouldBe(0);
    }

    [Fact]
    public async Task Work_TextsThatCannotBeUnpacked_AreNotScored()
    {
        var whole = NewJobs.Of(_storeTime, texts: 2, chunkTexts: 1);
        var job = whole with { Chunks = [whole.Chunks[0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]] };
        await _store.AddAsync(job);
        var workers = Workers(_store);

        await workers.StartedAsync(TestContext.Current.CancellationToken);
        await UntilAsync(async () => (await _store.FindAsync(job.Job.Id))!.State == JobState.Completed);
        await StopAsync(workers);

        (await _store.FindAsync(job.Job.Id))!.FailedTexts.ShouldBe(1);
        ResultCodec.Decode((await _store.ReadAsync(job.Job.Id, 1, 1))[0], 1).Results[0].End.ShouldBe(JobTextEnd.NotScored);
    }

    public async ValueTask DisposeAsync()
    {
        _lifetime.Stop();
        await _service.DisposeAsync();
        _lifetime.Dispose();
    }

    /// <summary>Nothing gets through a full gate, so both workers stand in front of it with a chunk of the job in hand.</summary>
    private async Task<(JobWorkers Workers, NewJob Job)> StandBeforeAsync(AdmissionController gate)
    {
        var job = NewJobs.Of(_storeTime, texts: 30, chunkTexts: 10);
        await _store.AddAsync(job);
        var workers = Workers(_store);
        await workers.StartedAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => Task.FromResult(gate.QueuedInBackground == 20));
        return (workers, job);
    }

    private async Task StopAsync(JobWorkers workers)
    {
        _lifetime.Stop();
        await workers.StopAsync(TestContext.Current.CancellationToken);
    }

    private JobWorkers Workers(IJobStore store)
    {
        var pipeline = new PatientPipeline(_service.Services.GetRequiredService<SentimentPipeline>(), _time, new Random(1));
        var scorer = new ChunkScorer(pipeline, _service.Services.GetRequiredService<SentimentModel>(), _events, _time, new Random(1));
        return new JobWorkers(store, scorer, _events, _options, _lifetime, _time, new Random(1));
    }

    /// <summary>Moves the clock, by which everything here waits, until it is so.</summary>
    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Stop() => _stopping.Cancel();

        public void StopApplication() => Stop();

        public void Dispose() => _stopping.Dispose();
    }
}
