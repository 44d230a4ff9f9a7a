using KubeSentiment.Jobs;

namespace KubeSentiment.Tests.Jobs;

/// <summary>A store that does not answer now and then, or loses its answer after it has done what was asked.</summary>
internal sealed class FlakyStore(IJobStore store, Random random) : IJobStore
{
    private readonly Lock _lock = new();
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public string Name => store.Name;

    public Task WorkArrived => store.WorkArrived;

    public Task<JobBound?> AddAsync(NewJob job) => store.AddAsync(job);

    public Task<Job?> FindAsync(Guid id) => store.FindAsync(id);

    public Task<Job?> CancelAsync(Guid id) => store.CancelAsync(id);

    public Task<IReadOnlyList<byte[]?>> ReadAsync(Guid id, int firstChunk, int chunks) => store.ReadAsync(id, firstChunk, chunks);

    public async Task<JobChunk?> TakeAsync()
    {
        Fail();
        return await store.TakeAsync();
    }

    public async Task<bool> KeepAsync(JobChunk chunk)
    {
        Fail();
        return await store.KeepAsync(chunk);
    }

    public Task GiveBackAsync(JobChunk chunk) => store.GiveBackAsync(chunk);

    public async Task<bool> CompleteAsync(JobChunk chunk, byte[] results, int failedTexts)
    {
        Fail();
        var counted = await store.CompleteAsync(chunk, results, failedTexts);
        Fail();
        return counted;
    }

    public Task SweepAsync() => store.SweepAsync();

    public Task<JobFigures> MeasureAsync() => store.MeasureAsync();

    private void Fail()
    {
        lock (_lock)
        {
            if (random.Next(3) == 0)
            {
                _failures++;
                throw new JobStoreException("Not now.");
            }
        }
    }
}
