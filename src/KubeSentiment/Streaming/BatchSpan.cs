using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using KubeSentiment.Observability;

namespace KubeSentiment.Streaming;

/// <summary>The span of a batch of messages, which leads to the spans of those who sent them.</summary>
/// <remarks>
/// The messages are of as many traces, so the batch is part of none of them and links to each. Names and attributes are those of OpenTelemetry's semantic conventions
/// for messaging: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/.
/// </remarks>
internal static class BatchSpan
{
    /// <summary>As many links as OpenTelemetry lets a span have by default.</summary>
    private const int MostLinks = 128;

    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>Begins the span.</summary>
    /// <returns>Null while nobody collects traces.</returns>
    public static Activity? Start(KafkaOptions options, IReadOnlyList<StreamRecord> records) => Tracing.Source.HasListeners()
        ? Tracing.Source.StartActivity(
            ActivityKind.Consumer,
            tags:
            [
                new("messaging.system", "kafka"),
                new("messaging.operation.name", "process"),
                new("messaging.operation.type", "process"),
                new("messaging.destination.name", options.Topic),
                new("messaging.consumer.group.name", options.ConsumerGroup),
                new("messaging.batch.message_count", records.Count),
            ],
            links: [.. records.Select(Link).OfType<ActivityLink>().Take(MostLinks)],
            name: $"process {options.Topic}")
        : null;

    private static ActivityLink? Link(StreamRecord record) =>
        record.Consumed.Message.Headers is { } headers && ActivityContext.TryParse(Text(headers, TraceParent), Text(headers, TraceState), isRemote: true, out var sender)
            ? new ActivityLink(sender)
            : null;

    private static string? Text(Headers headers, string name) => headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;
}
