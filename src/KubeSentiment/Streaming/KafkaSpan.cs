using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using KubeSentiment.Observability;

namespace KubeSentiment.Streaming;

/// <summary>The span of a batch of messages, which leads to the spans of those who sent them; and that of a message that is written.</summary>
/// <remarks>
/// The messages are of as many traces, so the batch is part of none of them and links to each. Names and attributes are those of OpenTelemetry's semantic conventions
/// for messaging: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/.
/// </remarks>
internal static class KafkaSpan
{
    /// <summary>As many links as OpenTelemetry lets a span have by default.</summary>
    private const int MostLinks = 128;

    private const string MessagingSystem = "messaging.system";
    private const string Kafka = "kafka";
    private const string Destination = "messaging.destination.name";
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>Begins the span.</summary>
    /// <returns>Null while nobody collects traces.</returns>
    public static Activity? StartBatch(KafkaOptions options, IReadOnlyList<StreamRecord> records) => Tracing.Source.HasListeners()
        ? Tracing.Source.StartActivity(
            ActivityKind.Consumer,
            tags:
            [
                new(MessagingSystem, Kafka),
                new("messaging.operation.name", "process"),
                new("messaging.operation.type", "process"),
                new(Destination, options.Topic),
                new("messaging.consumer.group.name", options.ConsumerGroup),
                new("messaging.batch.message_count", records.Count),
            ],
            links: [.. records.Select(Link).OfType<ActivityLink>().Take(MostLinks)],
            name: $"process {options.Topic}")
        : null;

    /// <summary>Begins the span of a message that is written to a topic.</summary>
    /// <returns>Null while nobody collects traces.</returns>
    public static Activity? StartSend(string topic) => Tracing.Source.HasListeners()
        ? Tracing.Source.StartActivity(
            ActivityKind.Producer,
            tags: [new(MessagingSystem, Kafka), new("messaging.operation.name", "send"), new("messaging.operation.type", "send"), new(Destination, topic)],
            name: $"send {topic}")
        : null;

    private static ActivityLink? Link(StreamRecord record) =>
        record.Consumed.Message.Headers is { } headers && ActivityContext.TryParse(Text(headers, TraceParent), Text(headers, TraceState), isRemote: true, out var sender)
            ? new ActivityLink(sender)
            : null;

    private static string? Text(Headers headers, string name) => headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;
}
