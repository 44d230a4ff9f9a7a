using System.Diagnostics.Metrics;
using Confluent.Kafka;
using KubeSentiment.Configuration;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>What is seen of consumers that cannot start, and of clients that complain.</summary>
public sealed class SentimentConsumersTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly FakeTimeProvider _time = new();

    public SentimentConsumersTests() => _loggers = new LoggerFactory([_logs]);

    public void Dispose()
    {
        _loggers.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Start_TopicsCannotBeCreated_SaysSoTriesAgainAndIsDegraded()
    {
        var options = new KafkaOptions { CreateTopics = true, ConsumerThreads = 2, Properties = new Dictionary<string, string> { ["securty.protocol"] = "SSL" } };
        using var consumers = Consumers(options);

        consumers.Start();

        consumers.GetInstanceInfo().Threads.Select(thread => thread.State).ShouldBe([ConsumerState.Starting, ConsumerState.Starting]);
        (await new StreamingHealthCheck(consumers).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status.ShouldBe(HealthStatus.Degraded);
        Complaints().ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Complaints().ShouldBe(2);
        // Waiting for the brokers is no reason to restart the pod.
        _time.Advance(TimeSpan.FromHours(1));
        consumers.Stalled().ShouldBeNull();
        await consumers.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Log_ClientsSayTheSameAgainAndAgain_IsToldOnce()
    {
        var clients = Clients(new KafkaOptions());

        for (var client = 0; client < 10; client++)
        {
            clients.Log(new LogMessage($"client-{client}", SyslogLevel.Error, "FAIL", "Connect failed"));
        }

        clients.Log(new LogMessage("client-0", SyslogLevel.Error, "SSL", "another kind"));

        _logs.Lines.Count.ShouldBe(2);
    }

    private int Complaints() => _logs.Lines.Count(line => line.Contains(" 852 ", StringComparison.Ordinal));

    private KafkaClients Clients(KafkaOptions options) => new(options, new KafkaIdentity(options, new ServiceOptions()), _time, _loggers.CreateLogger<KafkaClients>());

    private SentimentConsumers Consumers(KafkaOptions options)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var clients = Clients(options);
        return new SentimentConsumers(
            options,
            clients,
            new KafkaIdentity(options, new ServiceOptions()),
            new TopicCreation(options, clients, _time, new Random(1), _loggers.CreateLogger<TopicCreation>()),
            () => throw new InvalidOperationException("No consumer starts here."),
            new CircuitBreakers(new ResilienceOptions(), meters, _time, NullLogger<CircuitBreakers>.Instance),
            new StreamingMetrics(options, meters, _time),
            _time,
            NullLogger<SentimentConsumer>.Instance);
    }
}
