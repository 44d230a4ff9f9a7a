using System.Diagnostics.Metrics;
using KubeSentiment.Configuration;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>Feedback that cannot be written: who is told, and who is not held up by it.</summary>
public sealed class FeedbackTopicTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreakers _breakers;

    public FeedbackTopicTests() => _breakers = new CircuitBreakers(
        new ResilienceOptions { FailureThreshold = 2, RecoveryTimeout = TimeSpan.FromSeconds(60) }, Meters, _time, NullLogger<CircuitBreakers>.Instance);

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Write_ProducerCannotBeMade_OpensItsOwnBreakerOnly()
    {
        using var feedback = Topic(new KafkaOptions { Properties = new Dictionary<string, string> { ["securty.protocol"] = "SSL" } });
        var results = _breakers.Get(CircuitBreakers.Kafka);

        (await feedback.WriteAsync([1], [2])).ShouldBe(TimeSpan.FromSeconds(1));
        (await feedback.WriteAsync([1], [2])).ShouldBe(TimeSpan.FromSeconds(1));
        (await feedback.WriteAsync([1], [2])).ShouldBe(TimeSpan.FromSeconds(60));

        results.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public async Task Write_MessageIsTooLarge_IsNotTheBrokersFault()
    {
        using var feedback = Topic(new KafkaOptions { BootstrapServers = "127.0.0.1:9", MaxMessageBytes = 1_024 });

        for (var attempt = 0; attempt < 3; attempt++)
        {
            (await feedback.WriteAsync([1], new byte[5_000])).ShouldBe(TimeSpan.FromSeconds(1));
        }

        _breakers.Get(CircuitBreakers.KafkaFeedback).State.ShouldBe(CircuitState.Closed);
    }

    private FeedbackTopic Topic(KafkaOptions options)
    {
        var identity = new KafkaIdentity(options, new ServiceOptions());
        var clients = new KafkaClients(options, identity, _time, NullLogger<KafkaClients>.Instance);
        return new FeedbackTopic(options, clients, identity, _breakers, Meters, NullLogger<FeedbackTopic>.Instance);
    }
}
