using System.Diagnostics.Metrics;
using Confluent.Kafka;
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

    /// <summary>As after it was not allowed to write: the library's producer stays as it is, also when it is allowed later.</summary>
    [Fact]
    public async Task Write_ProducerHasFailedForGood_NextOneIsMadeAnew()
    {
        var written = new DeliveryResult<byte[]?, byte[]?>();
        Queue<Func<ProducerErrors, object?>> answers = new([
            _ => Task.FromException<DeliveryResult<byte[]?, byte[]?>>(Failure(ErrorCode.Local_MsgTimedOut)),
            errors =>
            {
                errors.Note(new Error(ErrorCode.ClusterAuthorizationFailed, "no", isFatal: true));
                return Task.FromException<DeliveryResult<byte[]?, byte[]?>>(Failure(ErrorCode.ClusterAuthorizationFailed));
            },
            _ => Task.FromResult(written)]);
        List<Scripted> producers = [];
        using var feedback = new FeedbackTopic(new KafkaOptions(), Open, _breakers, Meters, NullLogger<FeedbackTopic>.Instance);

        (await feedback.WriteAsync([1], [2])).ShouldBe(TimeSpan.FromSeconds(1));
        (await feedback.WriteAsync([1], [2])).ShouldBe(TimeSpan.FromSeconds(1));
        producers.Count.ShouldBe(1);
        _breakers.Get(CircuitBreakers.KafkaFeedback).Reset();
        (await feedback.WriteAsync([1], [2])).ShouldBeNull();

        producers.Count.ShouldBe(2);
        SpinWait.SpinUntil(() => producers[0].Calls.Contains("Dispose"), TimeSpan.FromSeconds(10)).ShouldBeTrue();
        producers[0].Calls.ShouldBe(["ProduceAsync", "ProduceAsync", "Flush", "Dispose"]);

        IProducer<byte[]?, byte[]?> Open(ProducerErrors errors)
        {
            var (producer, script) = Scripted.Make<IProducer<byte[]?, byte[]?>>();
            script.Script["ProduceAsync"] = _ => answers.Dequeue()(errors);
            producers.Add(script);
            return producer;
        }
    }

    private static ProduceException<byte[]?, byte[]?> Failure(ErrorCode code) => new(new Error(code), new DeliveryResult<byte[]?, byte[]?>());

    private FeedbackTopic Topic(KafkaOptions options)
    {
        var identity = new KafkaIdentity(options, new ServiceOptions());
        var clients = new KafkaClients(options, identity, _time, NullLogger<KafkaClients>.Instance);
        return new FeedbackTopic(options, errors => clients.OpenProducer("feedback", options.FeedbackTimeout, errors), _breakers, Meters, NullLogger<FeedbackTopic>.Instance);
    }
}
