using System.Diagnostics.Metrics;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;
using KubeSentiment.Streaming.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>docs/streaming.md says what is so.</summary>
public sealed class StreamingPageTests
{
    private const string Page = "docs/streaming.md";

    [Fact]
    public void Example_InThePage_IsTheCompiledCode() => DocumentedExample.Check(Page);

    [Fact]
    public async Task Metrics_InThePage_AreThoseOfTheRoom()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var (options, time) = (new KafkaOptions(), new FakeTimeProvider());
        var metrics = new StreamingMetrics(options, meters, time);
        metrics.Observe(() => []);
        using var otherMeters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var breakers = new CircuitBreakers(new ResilienceOptions(), otherMeters.GetRequiredService<IMeterFactory>(), time, NullLogger<CircuitBreakers>.Instance);
        using var feedback = new FeedbackTopic(options, _ => throw new InvalidOperationException("nothing is written"), breakers, meters, NullLogger<FeedbackTopic>.Instance);

        DocumentedMetrics.Check(Page, "kafka_", meters);
    }

    [Fact]
    public void Reasons_OfDeadLetters_AreInThePage()
    {
        var page = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), Page));

        PoisonReasons.All.Select(reason => $"`{reason.Name()}`").ShouldAllBe(reason => page.Contains(reason));
    }
}
