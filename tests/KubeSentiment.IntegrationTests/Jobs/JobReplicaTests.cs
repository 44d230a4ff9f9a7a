using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Jobs;

/// <summary>Real replicas that share jobs through a real Redis, while one or the other dies.</summary>
public sealed class JobReplicaTests
{
    private const int Texts = 4_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Kill_AReplicaInTheMiddle_LosesNothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var id = await JobClient.SubmitAsync(first, Texts);
        await Poll.UntilAsync(async () => await ChunksAsync(first) >= 3 && await ChunksAsync(second) >= 3, Limit);

        await first.KillAsync();

        await JobClient.UntilAsync(second, id, job => job.Status == "completed");
        (await JobClient.StatusAsync(second, id)).Processed.ShouldBe(Texts);
        await JobClient.ShouldBeCompleteAsync(second, id, Texts);
        var takenOver = await JobClient.MetricAsync(second, "sentiment_job_chunks_total", "taken_over");
        takenOver.ShouldBeGreaterThan(0);
        TestContext.Current.SendDiagnosticMessage(
            $"{Texts} texts in {Texts / 100} chunks: the survivor completed {await ChunksAsync(second)}, {takenOver} of them taken over; no result missing, none twice");
    }

    [Fact]
    public async Task Terminate_AReplicaInTheMiddle_HandsItsChunksBackAtOnce()
    {
        await using var redis = await RedisServer.StartAsync();
        // Longer than the test: what the other gets, it was given.
        await using var first = await StartAsync(redis, ("MLOPS_ASYNC_BATCH_CLAIM_IDLE_SECONDS", "600"));
        await using var second = await StartAsync(redis, ("MLOPS_ASYNC_BATCH_CLAIM_IDLE_SECONDS", "600"));
        var id = await JobClient.SubmitAsync(first, Texts);
        await Poll.UntilAsync(async () => await ChunksAsync(first) >= 3, Limit);

        await first.TerminateAsync();

        (await first.ExitAsync(Limit)).ShouldBe(0);
        first.Errors.ShouldBeEmpty();
        await JobClient.UntilAsync(second, id, job => job.Status == "completed");
        await JobClient.ShouldBeCompleteAsync(second, id, Texts);
    }

    [Fact]
    public async Task Cancel_OnOneReplica_StopsTheOther()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var id = await JobClient.SubmitAsync(first, 20_000);
        await Poll.UntilAsync(async () => await ChunksAsync(first) >= 1 && await ChunksAsync(second) >= 1, Limit);

        using var cancelled = await second.Client.DeleteAsync($"/api/v1/batch/jobs/{id}", TestContext.Current.CancellationToken);

        cancelled.IsSuccessStatusCode.ShouldBeTrue();
        (await JobClient.StatusAsync(first, id)).Status.ShouldBe("cancelled");
        await Poll.UntilAsync(async () => await JobClient.MetricAsync(first, "sentiment_active_requests") == 0, Limit);
        await Poll.UntilAsync(async () => await JobClient.MetricAsync(second, "sentiment_active_requests") == 0, Limit);
        var processed = (await JobClient.StatusAsync(first, id)).Processed;
        processed.ShouldBeLessThan(20_000);
        (await ChunksAsync(first) + await ChunksAsync(second)).ShouldBe(processed / 100.0);
    }

    [Fact]
    public async Task Redis_KilledAndRestartedInTheMiddle_StatusSaysSoAndTheJobIsFinished()
    {
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var id = await JobClient.SubmitAsync(first, Texts);
        await Poll.UntilAsync(async () => await ChunksAsync(first) >= 2 && await ChunksAsync(second) >= 2, Limit);

        await redis.KillAsync();

        var away = await JobClient.StatusAsync(first, id);
        (away.Code, away.Status).ShouldBe((503, "E7002"));
        await Poll.UntilAsync(async () => (await first.Client.GetStringAsync("/api/v1/health/details", TestContext.Current.CancellationToken)).Contains("Jobs stand still"), Limit);
        (await first.PostAsync("/api/v1/predict", """{"text":"still here"}""")).Status.ShouldBe(200);
        await redis.StartAsync();
        await JobClient.UntilAsync(first, id, job => job.Status == "completed");
        await JobClient.ShouldBeCompleteAsync(second, id, Texts);
    }

    [Theory]
    [InlineData("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "out_of_memory")]
    [InlineData("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "read_only")]
    public async Task Redis_TakesNoWrites_IsSaidAndTheJobIsFinishedOnceItDoes(string trouble, string cure, string reason)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis);
        var id = await JobClient.SubmitAsync(service, Texts);
        await Poll.UntilAsync(async () => await ChunksAsync(service) >= 1, Limit);

        await redis.CommandAsync(trouble.Split(' '));

        // Reading still works: the job's state is known, but nothing of it goes on.
        await Poll.UntilAsync(
            async () => (await service.Client.GetStringAsync("/api/v1/health/details", TestContext.Current.CancellationToken)).Contains($"Jobs stand still: Redis does not do what it is asked ({reason})."),
            Limit);
        // Scrapes that follow one another closely are answered with the same figures.
        await Poll.UntilAsync(async () => await JobClient.MetricAsync(service, "sentiment_job_store_up") == 0, Limit);
        service.Output.Count(line => line.Contains("[907]") && line.Contains(reason)).ShouldBe(1);
        (await JobClient.StatusAsync(service, id)).Code.ShouldBe(200);
        await redis.CommandAsync(cure.Split(' '));
        await JobClient.UntilAsync(service, id, job => job.Status == "completed");
        await JobClient.ShouldBeCompleteAsync(service, id, Texts);
        await Poll.UntilAsync(async () => await JobClient.MetricAsync(service, "sentiment_job_store_up") == 1, Limit);
    }

    [Fact]
    public async Task Redis_Flushed_FailsTheJobAndTakesTheNext()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var id = await JobClient.SubmitAsync(first, 20_000);
        await Poll.UntilAsync(async () => await ChunksAsync(second) >= 1, Limit);

        await redis.CommandAsync("FLUSHALL");

        await JobClient.UntilAsync(first, id, job => job.Status == "failed", seconds: 20);
        await JobClient.UntilAsync(second, id, job => job.Status == "failed" && job.Body.Contains("Redis has lost the job"), seconds: 20);
        var next = await JobClient.SubmitAsync(second, 300);
        await JobClient.UntilAsync(first, next, job => job.Status == "completed");
        await JobClient.ShouldBeCompleteAsync(first, next, 300);
    }

    private static Task<double> ChunksAsync(ServiceProcess service) => JobClient.MetricAsync(service, "sentiment_job_chunks_total", "\"completed\"");

    private static Task<ServiceProcess> StartAsync(RedisServer redis, params (string Name, string Value)[] more) => ServiceProcess.StartAsync(
    [
        ("MLOPS_REDIS_ENABLED", "true"),
        ("MLOPS_REDIS_HOST", "127.0.0.1"),
        ("MLOPS_REDIS_PORT", redis.Port.ToString()),
        ("MLOPS_ASYNC_BATCH_CLAIM_IDLE_SECONDS", "2"),
        .. more,
    ]);
}
