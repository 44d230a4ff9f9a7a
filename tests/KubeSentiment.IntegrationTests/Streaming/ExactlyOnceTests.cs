using KubeSentiment.Bench.Kafka.Kill;
using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Streaming;

/// <summary>The kill test of bench, short enough for every change: <c>bench kafka-kill</c> is the long one.</summary>
[Collection(nameof(StreamingTests))]
public sealed class ExactlyOnceTests(KafkaServer kafka)
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 500).Select(number => $"This is text number {number}, and it is neither good nor bad.")];

    private static readonly KillOptions Short = new()
    {
        Messages = 4_000,
        Partitions = 6,
        Threads = 2,
        WorkerKills = 0,
        BrokerKills = 0,
        Workers = [2, 2, 2],
        Keys = 200,
        SessionTimeout = TimeSpan.FromSeconds(2),
        Limit = TimeSpan.FromMinutes(2),
    };

    [Fact]
    public Task Results_WorkersAreKilled_AreThereOnceAndInOrder() => RunAsync(Short with { Workers = [1, 3, 2], WorkerKills = 3 });

    [Fact]
    public async Task Results_BrokerIsKilled_AreThereOnceAndInOrder()
    {
        await kafka.StartAsync();
        Assert.SkipUnless(kafka.IsOwn, "The broker is somebody else's: it must not be killed.");

        await RunAsync(Short with { BrokerKills = 1, Strategy = "range" });
    }

    [Fact]
    public Task Results_WorkerIsFrozenAndWakes_AreThereOnce() => RunAsync(Short with { Freezes = 1 });

    [Fact]
    public Task Results_WorkersAreRestartedInOrder_AreThereOnce() => RunAsync(Short with { Restarts = 2, Strategy = "sticky" });

    private async Task RunAsync(KillOptions options)
    {
        var servers = await kafka.StartAsync();
        var output = new StringWriter();
        var settings = new Dictionary<string, string>
        {
            ["MLOPS_ONNX_MODEL_PATH"] = Path.Combine(AppContext.BaseDirectory, "Assets", "models", "tiny-distilbert-cased"),
        };
        var test = new KillTest(options, Texts, Path.Combine(AppContext.BaseDirectory, "kubesentiment"), settings, output);

        var report = await test.RunAsync(servers, $"kill-{Environment.ProcessId}-{Guid.NewGuid():N}", kafka.CrashAsync);

        report.IsRight.ShouldBeTrue($"{report}\n{output}");
        (report.WorkerKills, report.BrokerKills, report.Freezes, report.Restarts).ShouldBe((options.WorkerKills, options.BrokerKills, options.Freezes, options.Restarts));
    }
}
