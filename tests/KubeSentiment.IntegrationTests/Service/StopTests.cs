using System.Text.Json;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>How the process ends: gracefully when asked, and without a trace when killed.</summary>
public sealed class StopTests
{
    private const int Texts = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Terminate_WhileABatchRuns_AnswersItAndExitsWith0()
    {
        await using var service = await StartSlowAsync();
        var batch = service.PostAsync(Batches.Path, Batches.Of(Texts, words: 100));
        await Batches.UntilWaitingAsync(service);

        await service.TerminateAsync();

        ShouldBeComplete(await batch);
        (await service.ExitAsync(Limit)).ShouldBe(0);
        service.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Terminate_WithTimeToDrain_ServesNewRequestsWhileReadinessFails()
    {
        await using var service = await StartSlowAsync(("MLOPS_SHUTDOWN_DRAIN_SECONDS", "3"));
        var batch = service.PostAsync(Batches.Path, Batches.Of(Texts, words: 100));
        await Batches.UntilWaitingAsync(service);

        await service.TerminateAsync();

        await Poll.UntilAsync(async () => (int)await service.StatusAsync("/ready") == 503, TimeSpan.FromSeconds(2));
        ((int)await service.StatusAsync("/live")).ShouldBe(200);
        (await service.PostAsync("/api/v1/predict", """{"text":"still here"}""")).Status.ShouldBe(200);
        ShouldBeComplete(await batch);
        (await service.ExitAsync(Limit)).ShouldBe(0);
        service.Errors.ShouldBeEmpty();
    }

    /// <summary>Before the host starts, and while the replica warms up.</summary>
    [Theory]
    [InlineData("is not a setting")]
    [InlineData("Now listening on")]
    public async Task Terminate_WhileItStarts_ExitsWith0AtOnce(string line)
    {
        // Enough to warm up for longer than the test takes.
        var texts = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.txt");
        await File.WriteAllLinesAsync(texts, Enumerable.Range(0, 20_000).Select(number => $"{number} {string.Join(' ', Enumerable.Repeat("good", 100))}"), TestContext.Current.CancellationToken);
        try
        {
            await using var service = ServiceProcess.Launch(("MLOPS_CACHE_WARM_FILE", texts), ("MLOPS_CACHE_WARM_TIMEOUT", "600"), ("MLOPS_CACHE_WARM_FIEL", "a wrong name is told before the host starts"));
            await Poll.UntilAsync(() => Task.FromResult(service.Output.Any(output => output.Contains(line, StringComparison.Ordinal))), Limit);

            await service.TerminateAsync();

            (await service.ExitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0);
            service.Errors.ShouldBeEmpty();
            service.Output.ShouldNotContain(output => output.Contains("Ready: ", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(texts);
        }
    }

    /// <summary>The moment in which consumers are inside of the library, and the host's start may still be under way.</summary>
    [Fact]
    public async Task Terminate_WhileConsumersLookForBrokers_ExitsWith0()
    {
        await using var service = ServiceProcess.Launch(("MLOPS_KAFKA_ENABLED", "true"), ("MLOPS_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"));
        await Poll.UntilAsync(() => Task.FromResult(service.Output.Any(output => output.Contains("Ready: ", StringComparison.Ordinal))), Limit);

        await service.TerminateAsync();

        (await service.ExitAsync(Limit)).ShouldBe(0);
        service.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Kill_WhileABatchRuns_HindersNoNewStart()
    {
        Uri address;
        await using (var killed = await StartSlowAsync())
        {
            address = killed.Client.BaseAddress!;
            var batch = killed.PostAsync(Batches.Path, Batches.Of(Texts, words: 100));
            await Batches.UntilWaitingAsync(killed);
            await killed.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(batch);
        }

        await using var next = await ServiceProcess.StartAsync(("MLOPS_PORT", address.Port.ToString()));

        (await next.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
    }

    /// <summary>One worker, and no fast model: a batch takes long enough to be stopped in the middle.</summary>
    private static Task<ServiceProcess> StartSlowAsync(params (string Name, string Value)[] more) =>
        ServiceProcess.StartAsync([("MLOPS_INFERENCE_WORKERS", "1"), ("MLOPS_CASCADE_ENABLED", "false"), .. more]);

    private static void ShouldBeComplete((int Status, string Body) answer)
    {
        answer.Status.ShouldBe(200, answer.Body);
        using var json = JsonDocument.Parse(answer.Body);
        json.RootElement.GetProperty("succeeded").GetInt32().ShouldBe(Texts);
    }
}
