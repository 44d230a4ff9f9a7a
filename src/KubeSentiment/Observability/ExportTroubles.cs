using System.Diagnostics.Tracing;

namespace KubeSentiment.Observability;

/// <summary>Tells the log when traces do not reach their collector: OpenTelemetry tells of itself to nobody but listeners like this one.</summary>
/// <remarks>
/// A collector that is away fails every batch, one a few seconds: the first failure of a kind is told, and one a minute while it goes on. The library's details are an address, in which
/// a password may stand, a whole stack trace and whatever the collector answered; only the first line of the exception is told.
/// </remarks>
internal sealed partial class ExportTroubles : EventListener, IHostedService
{
    /// <summary>The exporter's. The SDK's own tells of much that is as it should be.</summary>
    private const string Sources = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private const int MostCharacters = 200;

    private readonly RepeatFilter<string> _filter;
    private readonly ILogger _logger;
    private readonly string _endpoint;

    public ExportTroubles(ObservabilityOptions options, TimeProvider time, ILogger<ExportTroubles> logger)
    {
        _filter = new RepeatFilter<string>(time);
        _logger = logger;
        _endpoint = new Uri(options.OtlpEndpoint!).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        EventSourceCreated += (_, created) => Listen(created.EventSource);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var kind = eventData.EventName ?? "unknown";
        if (_filter.IsNews(kind, out var leftOut))
        {
            NotExported(_logger, _endpoint, kind, Reason(eventData), leftOut);
        }
    }

    private void Listen(EventSource? source)
    {
        if (source?.Name.StartsWith(Sources, StringComparison.Ordinal) is true)
        {
            EnableEvents(source, EventLevel.Warning);
        }
    }

    /// <summary>The first line of the exception, which is the last that the library tells of an event.</summary>
    private static string Reason(EventWrittenEventArgs eventData)
    {
        var line = (eventData.Payload is [.., string exception] ? exception : "").AsSpan();
        line = line[..(line.IndexOfAny('\r', '\n') is var end and >= 0 ? end : line.Length)];
        return line[..Math.Min(line.Length, MostCharacters)].ToString();
    }

    [LoggerMessage(
        EventId = 302, Level = LogLevel.Warning, Message = "Traces do not reach {Endpoint} ({Kind}): {Reason} ({LeftOut} more like it before); the service works without them")]
    private static partial void NotExported(ILogger logger, string endpoint, string kind, string reason, int leftOut);
}
