using System.Diagnostics.Metrics;

namespace KubeSentiment.Load;

/// <summary>The container: its CPU time and its memory against the limits of its control group.</summary>
/// <remarks>
/// The figures are those of Microsoft.Extensions.Diagnostics.ResourceMonitoring, read from its instruments. It lives in a container of services of its own:
/// what its start throws where the files are not as expected must not end the service, its instruments must not be published under names that say the same
/// as ours, and the background service that keeps its older interface up to date need not run. It measures anew every five seconds, however often it is read.
/// </remarks>
internal sealed class ContainerUsageReader : IUsageReader
{
    private const string MeterName = "Microsoft.Extensions.Diagnostics.ResourceMonitoring";
    private const string CpuInstrument = "container.cpu.limit.utilization";
    private const string MemoryInstrument = "container.memory.limit.utilization";

    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();

    // Written while the instruments are recorded, by the thread that reads.
    private double _cpu;
    private double _memory;

    /// <summary>Opens the files of the control group.</summary>
    /// <exception cref="Exception">Any: they are missing, unreadable or not as the library expects.</exception>
    public ContainerUsageReader()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddMetrics()
            .AddResourceMonitoring()
            .BuildServiceProvider();
        try
        {
            var meters = _services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MeterName && ReferenceEquals(instrument.Meter.Scope, meters)
                    && instrument.Name is CpuInstrument or MemoryInstrument)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>(Note);
            _listener.Start();

            // Made, not started: making it makes the instruments.
            _ = _services.GetServices<IHostedService>().ToList();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ResourceUsage Read()
    {
        _listener.RecordObservableInstruments();
        return new ResourceUsage(_cpu, _memory);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        // Not a number until there is a difference to measure; above 1 when a quota was overdrawn.
        var share = double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
        if (instrument.Name == CpuInstrument)
        {
            _cpu = share;
        }
        else
        {
            _memory = share;
        }
    }
}
