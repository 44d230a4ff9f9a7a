using System.Net.Sockets;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Traces leave the process, and a collector that is gone hurts nobody.</summary>
public sealed class TracingTests
{
    private const string Secret = "xyzzysecret";

    [Fact]
    public async Task Tracing_WithACollector_ExportsSpansWithoutUserText()
    {
        await using var collector = await Collector.StartAsync();
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_ENABLE_TRACING", "true"), ("MLOPS_OTLP_ENDPOINT", collector.Address), ("MLOPS_SERVICE_NAME", "traced-service"), ("OTEL_BSP_SCHEDULE_DELAY", "50"));

        (await service.Client.GetAsync("/api/v1/ready", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        (await service.PostAsync("/api/v1/predict", $$"""{"text":"{{Secret}}"}""")).Status.ShouldBe(200);

        string[] expected = ["traced-service", "sentiment.texts", "/api/v1/predict"];
        await Poll.UntilAsync(() => Task.FromResult(expected.All(collector.Has)), TimeSpan.FromSeconds(10));
        collector.Has(Secret).ShouldBeFalse();
        collector.Has("/ready").ShouldBeFalse();
    }

    /// <summary>A slow request tells whether Redis was slow, and no key.</summary>
    [Fact]
    public async Task Tracing_WithRedis_HasASpanOfTheLookup()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var collector = await Collector.StartAsync();
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_ENABLE_TRACING", "true"), ("MLOPS_OTLP_ENDPOINT", collector.Address), ("OTEL_BSP_SCHEDULE_DELAY", "50"),
            ("MLOPS_REDIS_ENABLED", "true"), ("MLOPS_REDIS_HOST", "127.0.0.1"), ("MLOPS_REDIS_PORT", $"{redis.Port}"));

        (await service.PostAsync("/api/v1/predict/batch", """{"texts":["good","bad"]}""")).Status.ShouldBe(200);

        string[] expected = ["MGET", "db.system.name", "db.operation.name", "server.address", "sentiment.cache.hits", "sentiment.queue_time_ms"];
        await Poll.UntilAsync(() => Task.FromResult(expected.All(collector.Has)), TimeSpan.FromSeconds(10));
        collector.Has("kubesentiment:prediction").ShouldBeFalse();
    }

    [Fact]
    public async Task Tracing_WithADeadCollector_LeavesRequestsAndTheStopAlone()
    {
        using var reserved = new TcpListener(System.Net.IPAddress.Loopback, 0);
        reserved.Start();
        var address = $"http://{reserved.LocalEndpoint}";
        reserved.Stop();
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_ENABLE_TRACING", "true"), ("MLOPS_OTLP_ENDPOINT", address), ("OTEL_BSP_SCHEDULE_DELAY", "50"));

        for (var i = 0; i < 50; i++)
        {
            (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
        }

        await Poll.UntilAsync(() => Task.FromResult(service.Output.Any(line => line.Contains("[302] Traces do not reach"))), TimeSpan.FromSeconds(10));
        await service.TerminateAsync();
        (await service.ExitAsync(TimeSpan.FromSeconds(20))).ShouldBe(0);
        service.Output.Count(line => line.Contains("[302]")).ShouldBeLessThan(4);
    }
}
