using System.Diagnostics.Tracing;
using KubeSentiment.Observability;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Observability;

/// <summary>What the log says of traces that do not arrive.</summary>
public sealed class ExportTroublesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly ILoggerFactory _factory;

    public ExportTroublesTests() => _factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));

    [Fact]
    public void Failure_AgainAndAgain_IsToldFirstAndThenOnceAMinuteWithoutSecrets()
    {
        using var library = new Library();
        using var troubles = new ExportTroubles(new ObservabilityOptions { OtlpEndpoint = "http://user:hush@collector:4317" }, _time, _factory.CreateLogger<ExportTroubles>());
        for (var second = 0; second <= 60; second++)
        {
            library.Failed("http://user:hush@collector:4317/Export", "Connection refused (collector:4317)\n   at Some.Stack()");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // Other tests make traces, too, and their collectors are none.
        var told = _logs.Lines.Where(line => line.Contains("(Failed)")).ToList();
        told.Count.ShouldBe(2);
        told[0].ShouldContain("302 Traces do not reach http://collector:4317/ (Failed): Connection refused (collector:4317) (0 more like it before)");
        told[1].ShouldContain("(59 more like it before)");
        told.ShouldAllBe(line => !line.Contains("hush") && !line.Contains("Stack"));
    }

    public void Dispose() => _factory.Dispose();

    /// <summary>Tells of itself as OpenTelemetry's SDK does.</summary>
    private sealed class Library() : EventSource("OpenTelemetry-Exporter-OpenTelemetryProtocol-OfATest")
    {
        [Event(1, Message = "{0}: {1}", Level = EventLevel.Error)]
        public void Failed(string endpoint, string exception) => WriteEvent(1, endpoint, exception);
    }
}
