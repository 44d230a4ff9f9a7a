using KubeSentiment.Caching.Redis;
using KubeSentiment.IntegrationTests.Caching;
using KubeSentiment.Jobs;
using KubeSentiment.Tests.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.IntegrationTests.Jobs;

/// <summary>Jobs in a Redis Cluster: each step is one, because its keys are in one slot.</summary>
[Collection(nameof(RedisFaultTests))]
public sealed class JobClusterTests
{
    [Fact]
    public async Task Job_InACluster_GoesAllItsWay()
    {
        var nodes = await RedisClusterTests.StartAsync();
        try
        {
            var (options, time) = (new JobOptions(), new ManualTime());
            var events = new JobEvents(new JobMetrics(options, new NoMeters()), NullLogger<JobEvents>.Instance);
            await using var replica = await JobStoreReplica.ConnectAsync(
                new RedisOptions { Host = [.. nodes.Select(node => $"127.0.0.1:{node.Port}")] }, options, events, time);
            var job = NewJobs.Of(time, texts: 100, chunkTexts: 3);
            (await replica.Store.AddAsync(job)).ShouldBeNull();

            while (await replica.Store.TakeAsync() is { } chunk)
            {
                (await replica.Store.CompleteAsync(chunk, [(byte)chunk.Index], 0)).ShouldBeTrue();
            }

            (await replica.Store.FindAsync(job.Job.Id))!.State.ShouldBe(JobState.Completed);
            (await replica.Store.ReadAsync(job.Job.Id, 0, 34)).ShouldBe(Enumerable.Range(0, 34).Select(index => new byte[] { (byte)index }));
            time.Advance(options.Retention);
            await replica.Store.SweepAsync();
            (await replica.Store.MeasureAsync()).ShouldSatisfyAllConditions(figures => figures.KeptJobs.ShouldBe(0), figures => figures.Bytes.ShouldBe(0));
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }
}
