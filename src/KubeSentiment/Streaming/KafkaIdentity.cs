using KubeSentiment.Configuration;

namespace KubeSentiment.Streaming;

/// <summary>What this process is called in Kafka.</summary>
/// <remarks>
/// A restarted process must have the name of the one that was killed, so that its producers end at once what that one left open; and no two processes may have the same at a time, or
/// they would fence each other for ever. A pod's name is both; on one machine the port tells processes apart. Consumers that were away while others took over are not fenced by
/// names but by the group: see <see cref="TransactionalOutput"/>.
/// </remarks>
internal sealed class KafkaIdentity
{
    private readonly string _group;

    public KafkaIdentity(KafkaOptions options, ServiceOptions service)
    {
        // A random port tells nothing: tests run several services at once.
        var port = service.Port == 0 ? $"p{Environment.ProcessId}" : service.Port.ToString();
        InstanceId = options.InstanceId ?? $"{Environment.MachineName}-{port}";
        _group = options.ConsumerGroup;
    }

    public string InstanceId { get; }

    /// <summary>The client id, and the member's name with static membership.</summary>
    public string Thread(int number) => $"{InstanceId}-{number}";

    public string TransactionalId(int number) => $"{_group}-{InstanceId}-{number}";
}
