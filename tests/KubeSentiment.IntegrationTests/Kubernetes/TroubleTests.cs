using System.Text;
using System.Text.Json;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.IntegrationTests.Streaming;
using KubeSentiment.Load;
using KubeSentiment.Tests.Kubernetes;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>
/// The troubles of docs/runbook.md: each is caused, seen in the panel that the page names, cured as the page says, and gone. Slow scaling is in <see cref="AutoscalerTests"/>.
/// </summary>
[Collection(nameof(TroubleTests))]
public sealed class TroubleTests(KafkaServer kafka, ITestOutputHelper output)
{
    private const string TinyModel = "Assets/models/tiny-distilbert-cased";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task HighMemory_CacheTooLargeForThePod_IsGoneWithASmallerCache()
    {
        Assert.SkipWhen(UsageReader.IsInContainer(UsageReader.ControlGroups), "In a container the limit is the container's; here it is the runtime's, which a test can set.");
        // 512 MiB, in hexadecimal; and texts long enough to fill them soon.
        (string, string)[] settings = [("DOTNET_GCHeapHardLimit", "20000000"), ("MLOPS_MAX_TEXT_LENGTH", "100000")];

        await using (var large = await StartAsync([.. settings, ("MLOPS_PREDICTION_CACHE_MAX_BYTES", $"{320 << 20}")]))
        {
            await using var prometheus = await ScrapeAsync(large);
            await UntilPanelAsync(prometheus, "Scalability Overview / Memory", share => share is > 0 and < 0.8);

            await FillAsync(large, texts: 2000);

            await UntilPanelAsync(prometheus, "Scalability Overview / Memory", share => share > 0.8);
            await UntilPanelAsync(prometheus, "Cache Performance / Size in memory", bytes => bytes > 300 << 20);
            await Poll.UntilAsync(async () => (await prometheus.AlertsAsync()).Contains("KubeSentimentHighMemory"), Limit, Period);
        }

        await using (var small = await StartAsync([.. settings, ("MLOPS_PREDICTION_CACHE_MAX_BYTES", $"{8 << 20}")]))
        {
            await using var prometheus = await ScrapeAsync(small);

            await FillAsync(small, texts: 2000);

            await UntilPanelAsync(prometheus, "Scalability Overview / Memory", share => share < 0.8);
            (await prometheus.AlertsAsync()).ShouldNotContain("KubeSentimentHighMemory");
        }
    }

    [Fact]
    public async Task LowHitRate_CacheTooSmallForTheTexts_IsGoneWithALargerOne()
    {
        await using (var small = await StartAsync(("MLOPS_PREDICTION_CACHE_MAX_SIZE", "16")))
        {
            await using var prometheus = await ScrapeAsync(small);
            await using var traffic = Traffic.Start([small], callers: 2, repeated: 0.9);

            await UntilPanelAsync(prometheus, "Cache Performance / Hit rate", share => share is > 0 and < 0.2);
            await UntilPanelAsync(prometheus, "Cache Performance / Evictions", perSecond => perSecond > 1);
        }

        await using (var large = await StartAsync())
        {
            await using var prometheus = await ScrapeAsync(large);
            await using var traffic = Traffic.Start([large], callers: 2, repeated: 0.9);

            await UntilPanelAsync(prometheus, "Cache Performance / Hit rate", share => share > 0.6);
            await UntilPanelAsync(prometheus, "Cache Performance / Evictions", perSecond => perSecond == 0);
        }
    }

    [Fact]
    public async Task ConsumerLag_ConsumersTooSlow_IsGoneWithMoreOfThem()
    {
        const int messages = 2000;
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 4);
        await topics.SendAsync(Enumerable.Range(0, messages).Select(number => ((string?)$"key {number}", (byte[]?)Encoding.UTF8.GetBytes($"message {number}"))));

        await using (var slow = await ServiceProcess.StartAsync(topics.Settings("one", ("MLOPS_KAFKA_CONSUMER_THREADS", "1"), ("MLOPS_KAFKA_BATCH_SIZE", "1"))))
        {
            await using var prometheus = await ScrapeAsync(slow);
            await UntilPanelAsync(prometheus, "Kafka Consumer / Lag", lag => lag > 500);
            await UntilPanelAsync(prometheus, "Kafka Consumer / Worked off in", seconds => seconds > 1);
            await slow.TerminateAsync();
            (await slow.ExitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
        }

        await using var first = await ServiceProcess.StartAsync(topics.Settings("one", ("MLOPS_KAFKA_CONSUMER_THREADS", "2")));
        await using var second = await ServiceProcess.StartAsync(topics.Settings("two", ("MLOPS_KAFKA_CONSUMER_THREADS", "2")));
        await using var after = await ScrapeAsync(first, second);
        await UntilPanelAsync(after, "Kafka Consumer / Lag", lag => lag == 0);
        await UntilPanelAsync(after, "Kafka Consumer / Partitions a pod", partitions => partitions == 2);
    }

    [Fact]
    public async Task KafkaAway_BrokerIsDead_IsGoneWhenTheBrokerIsBack()
    {
        // A broker of its own: tests beside this one would miss theirs.
        await using var broker = new KafkaServer();
        var topics = await Topics.CreateAsync(await broker.StartAsync(), partitions: 4);
        Assert.SkipUnless(broker.IsOwn, "The broker is somebody else's: it must not be killed.");
        await using var service = await ServiceProcess.StartAsync(topics.Settings("one"));
        await using var prometheus = await ScrapeAsync(service);
        await UntilPanelAsync(prometheus, "Kafka Consumer / Consumers by state", consumers => consumers == 2, ("state", "running"));

        await broker.KillAsync();

        await UntilPanelAsync(prometheus, "Kafka Consumer / Consumers by state", consumers => consumers == 2, ("state", "recovering"));
        await Poll.UntilAsync(async () => (await prometheus.AlertsAsync()).Contains("KubeSentimentKafkaAway"), Limit, Period);
        // An alert that must last five minutes begins anew whenever they seem well for a moment.
        await Poll.UntilAsync(async () => await prometheus.ValueAsync("min_over_time(sum(kafka_consumers{state=\"recovering\"})[20s:1s])") == 2, Limit, Period);
        (await service.PostAsync("/api/v1/predict", """{"text":"answered all the same"}""")).Status.ShouldBe(200);

        await broker.RestartAsync();

        await UntilPanelAsync(prometheus, "Kafka Consumer / Consumers by state", consumers => consumers == 2, ("state", "running"));
        await Poll.UntilAsync(async () => !(await prometheus.AlertsAsync()).Contains("KubeSentimentKafkaAway"), Limit, Period);
    }

    [Fact]
    public async Task BreakerOpen_RedisIsDead_IsGoneWhenRedisIsBack()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(
            ("MLOPS_REDIS_ENABLED", "true"), ("MLOPS_REDIS_HOST", "127.0.0.1"), ("MLOPS_REDIS_PORT", $"{redis.Port}"), ("CIRCUIT_BREAKER_RECOVERY_TIMEOUT", "5"));
        await using var prometheus = await ScrapeAsync(service);
        await using var traffic = Traffic.Start([service], callers: 2, repeated: 0.5);
        await UntilPanelAsync(prometheus, "Cache Performance / Breaker before Redis", state => state == 0);

        await redis.KillAsync();

        await UntilPanelAsync(prometheus, "Cache Performance / Breaker before Redis", state => state == 2);
        await UntilPanelAsync(prometheus, "Load Balancing / Open breakers", breakers => breakers == 1);
        await Poll.UntilAsync(async () => (await prometheus.AlertsAsync()).Contains("KubeSentimentBreakerOpen"), Limit, Period);
        (await service.PostAsync("/api/v1/predict", """{"text":"answered all the same"}""")).Status.ShouldBe(200);

        await redis.StartAsync();

        await UntilPanelAsync(prometheus, "Cache Performance / Breaker before Redis", state => state == 0);
        await UntilPanelAsync(prometheus, "Cache Performance / Errors of Redis", perSecond => perSecond == 0);
        await Poll.UntilAsync(async () => !(await prometheus.AlertsAsync()).Contains("KubeSentimentBreakerOpen"), Limit, Period);
    }

    private static Task<ServiceProcess> StartAsync(params (string, string)[] settings) =>
        ServiceProcess.StartAsync([("MLOPS_ONNX_MODEL_PATH", Path.Combine(AppContext.BaseDirectory, TinyModel)), .. settings]);

    private static Task<PrometheusServer> ScrapeAsync(params ServiceProcess[] replicas) => PrometheusServer.StartAsync(
        scrapeSeconds: 1, [.. replicas.Select((replica, number) => new ScrapeTarget(replica.Client.BaseAddress!, $"kubesentiment-{number}"))]);

    /// <summary>Different long texts.</summary>
    private static async Task FillAsync(ServiceProcess service, int texts)
    {
        const int atOnce = 20;
        for (var first = 0; first < texts; first += atOnce)
        {
            var body = JsonSerializer.Serialize(new { texts = Enumerable.Range(first, atOnce).Select(number => $"{number} {new string('x', 99_000)}") });
            (await service.PostAsync(Batches.Path, body)).Status.ShouldBe(200);
        }
    }

    /// <summary>Looks at a panel until the highest of what it shows, or shows of one label, is so.</summary>
    private async Task UntilPanelAsync(PrometheusServer prometheus, string panel, Func<double, bool> isSo, (string Name, string Value)? label = null)
    {
        var query = Dashboards.Queries().First(query => query.ToString() == panel).For("kubesentiment", "10s");
        IReadOnlyList<double> shown = [];
        try
        {
            await Poll.UntilAsync(
                async () =>
                {
                    shown = [.. (await prometheus.QueryAsync(query)).Where(series => label is not { } only || series.Labels[only.Name] == only.Value)
                        .Select(series => series.Value).Where(double.IsFinite)];
                    return shown.Count > 0 && isSo(shown.Max());
                },
                Limit,
                Period);
        }
        finally
        {
            output.WriteLine($"{panel}: {string.Join(", ", shown.Select(value => $"{value:0.###}"))}");
        }
    }
}
