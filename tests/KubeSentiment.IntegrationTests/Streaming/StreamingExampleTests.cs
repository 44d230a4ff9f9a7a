using System.Text;
using KubeSentiment.Anomalies;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.Load;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.IntegrationTests.Streaming;

/// <summary>The loop that docs/streaming.md shows does what the page says.</summary>
[Collection(nameof(StreamingTests))]
public sealed class StreamingExampleTests(KafkaServer kafka)
{
    [Fact]
    public async Task Process_SomeMessages_CommitsThem()
    {
        var topics = await Topics.CreateAsync(await kafka.StartAsync(), partitions: 2);
        await topics.SendAsync(Enumerable.Range(0, 30).Select(number => ((string?)null, (byte[]?)Encoding.UTF8.GetBytes($"text {number}"))));
        await using var services = Services(topics);
        services.GetRequiredService<Readiness>().BecomeReady();
        using var stop = new CancellationTokenSource();
        var output = new StringWriter();

        var processing = Task.Factory.StartNew(
            () => StreamingExample.Process(services.GetRequiredService<SentimentConsumers>(), output, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var results = topics.Read(topics.Out, 30);
        await stop.CancelAsync();

        (await processing).ShouldBe(30);
        results.Count.ShouldBe(30);
        output.ToString().ShouldContain("Running, 2 partitions");
    }

    private static ServiceProvider Services(Topics topics)
    {
        var settings = topics.Settings("example").ToDictionary(setting => setting.Name, setting => setting.Value);
        var options = new KafkaOptions
        {
            Enabled = true,
            BootstrapServers = settings["MLOPS_KAFKA_BOOTSTRAP_SERVERS"],
            ConsumerGroup = topics.Group,
            Topic = topics.In,
            ResultsTopic = topics.Out,
            DlqTopic = topics.Dead,
            FeedbackTopic = topics.Feedback,
            AutoOffsetReset = OffsetReset.Earliest,
        };
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        return services
            .AddSingleton(TimeProvider.System)
            .AddSingleton<Readiness>()
            .AddSingleton<BatcherMetrics>()
            .AddSingleton<ModelMetrics>()
            .AddSingleton(new ServiceOptions())
            .AddSingleton(new ResilienceOptions())
            .AddSingleton(new LoadOptions())
            .AddSingleton(new ScalingOptions())
            .AddSingleton(new PipelineOptions())
            .AddSingleton(new AnomalyOptions())
            .AddSingleton(new CacheOptions())
            .AddSingleton(new RedisOptions())
            .AddSingleton(options)
            .AddInference(new InferenceOptions { OnnxModelPath = settings["MLOPS_ONNX_MODEL_PATH"] }, new CascadeOptions())
            .AddResilience()
            .AddCaching(new CacheOptions(), new RedisOptions())
            .AddAnomalies()
            .AddLoad()
            .AddPipeline()
            .AddStreaming(options)
            .BuildServiceProvider();
    }
}
