using System.Text.RegularExpressions;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.IntegrationTests.Service;
using KubeSentiment.IntegrationTests.Streaming;
using KubeSentiment.Tests.Kubernetes;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>Every query of the dashboards and of the alerts gives data in a real Prometheus that scrapes running replicas.</summary>
[Collection(nameof(QueryTests))]
public sealed partial class QueryTests(KafkaServer kafka, ITestOutputHelper output)
{
    private const int Partitions = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Queries_AfterAMinuteOfAllSorts_GiveData() => RunAsync(TimeSpan.FromSeconds(30));

    /// <summary>For pictures of the dashboards: -explicit only.</summary>
    [Fact(Explicit = true)]
    public Task Queries_AfterMinutesOfAllSorts_GiveData() => RunAsync(TimeSpan.FromMinutes(3));

    /// <summary>Two replicas with Redis and Kafka have good times, then bad ones: too many callers, a dead Redis, poison on the topic.</summary>
    private async Task RunAsync(TimeSpan goodTimes)
    {
        await using var redis = await RedisServer.StartAsync();
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), Partitions);
        (string, string)[] settings =
        [
            ("MLOPS_REDIS_ENABLED", "true"), ("MLOPS_REDIS_HOST", "127.0.0.1"), ("MLOPS_REDIS_PORT", $"{redis.Port}"), ("MLOPS_REDIS_MONITOR_INTERVAL", "1"),
            ("MLOPS_MAX_CONCURRENT_REQUESTS", "16"), ("MLOPS_MAX_QUEUE_SIZE", "16"), ("MLOPS_ADMISSION_MAX_WAIT", "0.05"), ("MLOPS_PREDICTION_CACHE_MAX_SIZE", "64"),
            ("CIRCUIT_BREAKER_RECOVERY_TIMEOUT", "2"),
        ];
        await using var first = await ServiceProcess.StartAsync(topics.Settings("one", settings));
        await using var second = await ServiceProcess.StartAsync(topics.Settings("two", settings));
        await using var exporter = await Exporter.StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(
            scrapeSeconds: 2,
            new ScrapeTarget(first.Client.BaseAddress!, "kubesentiment-a"),
            new ScrapeTarget(second.Client.BaseAddress!, "kubesentiment-b"),
            new ScrapeTarget(exporter.Address, "exporter"));

        // 1. Good times.
        await using (Traffic.Start([first, second], callers: 4, repeated: 0.7))
        {
            var end = Task.Delay(goodTimes, TimeProvider.System, Cancellation);
            for (var number = 0; !end.IsCompleted; number++)
            {
                await topics.SendAsync(Enumerable.Range(0, 50).Select(i => ((string?)$"key {i}", (byte[]?)System.Text.Encoding.UTF8.GetBytes($"message {number} {i}"))));
                await first.PostAsync("/api/v1/batch/predict", $$"""{"texts":["job {{number}}"]}""");
                await first.PostAsync("/api/v1/feedback", """{"prediction_id":"p","corrected_label":"POSITIVE"}""");
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancellation);
            }
        }

        // 2. Bad times. Twice, so that counters which began with them have grown, too.
        await using (Traffic.Start([first, second], callers: 100, repeated: 0.3))
        {
            for (var round = 0; round < 2; round++)
            {
                await topics.SendAsync(("poison", [0xC3, 0x28]), ("poison", []));
                await redis.KillAsync();
                await Poll.UntilAsync(async () => await prometheus.ValueAsync("max(sentiment_circuit_breaker_state{name=\"redis\"})") == 2, Limit);
                await redis.StartAsync();
                await Poll.UntilAsync(async () => await prometheus.ValueAsync("max(sentiment_circuit_breaker_state{name=\"redis\"})") == 0, Limit);
            }
        }

        // 3. The last figures are scraped; then every query has data.
        await Topics.UntilIdleAsync(first, Partitions / 2);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Cancellation);
        List<string> empty = [];
        foreach (var query in Dashboards.Queries())
        {
            var series = await prometheus.QueryAsync(query.For("kubesentiment", "2m"));
            output.WriteLine($"{query}: {string.Join(", ", series.Take(4).Select(one => $"{one.Value:0.###}"))}{(series.Count > 4 ? $", {series.Count} in all" : "")}");
            if (!series.Any(one => double.IsFinite(one.Value)))
            {
                empty.Add($"{query}: {query.Expression}");
            }
        }

        // Alerts compare: as a rule they are empty. What they compare must not be, but for answers that a service in order never gives.
        foreach (var rule in AlertRules.All())
        {
            await prometheus.QueryAsync(rule.Expression);
            foreach (var selector in Selector().Matches(rule.Expression).Select(match => StatusMatcher().Replace(match.Value, "")))
            {
                if ((await prometheus.QueryAsync(selector)).Count == 0)
                {
                    empty.Add($"{rule.Name}: {selector}");
                }
            }
        }

        empty.ShouldBeEmpty();
    }

    [GeneratedRegex(@"\b(sentiment|kafka|redis|kube)_\w+(\{[^}]*\})?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"status[=!~]+""[^""]*"",?\s*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatusMatcher();
}
