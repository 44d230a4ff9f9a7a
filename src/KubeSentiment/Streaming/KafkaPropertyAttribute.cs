using KubeSentiment.Configuration;

namespace KubeSentiment.Streaming;

/// <summary>Allows properties of librdkafka other than those that the service sets by itself: exactly once depends on them, or a setting of ours has their value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KafkaPropertyAttribute : TextRuleAttribute
{
    private static readonly HashSet<string> Own =
    [
        "bootstrap.servers", "metadata.broker.list", "group.id", "group.instance.id", "group.protocol", "group.remote.assignor", "partition.assignment.strategy",
        "isolation.level", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "transactional.id", "transaction.timeout.ms", "enable.idempotence", "acks",
        "request.required.acks", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms", "message.max.bytes", "client.rack", "linger.ms", "queue.buffering.max.ms",
        "compression.type", "compression.codec", "enable.partition.eof", "message.timeout.ms", "delivery.timeout.ms",
    ];

    public override string Noun => "a property that may be set";

    public override string Allowed => "properties of librdkafka that are not the service's own";

    public override bool IsValid(object? value) => value is not IReadOnlyDictionary<string, string> properties || properties.Keys.All(Holds);

    public override bool Holds(string text) => !Own.Contains(text);
}
