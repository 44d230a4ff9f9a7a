using KubeSentiment.Jobs;
using KubeSentiment.Jobs.Memory;

namespace KubeSentiment.Tests.Jobs;

/// <summary>The store of one process keeps what every store promises; its soak test is among these.</summary>
public sealed class MemoryJobStoreTests : JobStoreContract
{
    [Fact]
    public async Task Take_TwoJobsOfAPriority_AlternatesBetweenThem()
    {
        var store = await OpenAsync();
        var (first, second) = (await AddAsync(store, 3), await AddAsync(store, 2));

        List<Guid> order = [];
        while (await store.TakeAsync() is { } chunk)
        {
            order.Add(chunk.Job.Id);
        }

        order.ShouldBe([first.Id, second.Id, first.Id, second.Id, first.Id]);
    }

    private protected override Task<IJobStore> OpenAsync() => Task.FromResult<IJobStore>(new MemoryJobStore(Options, Events, Time));
}
