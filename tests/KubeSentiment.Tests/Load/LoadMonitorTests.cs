using System.Diagnostics.Metrics;
using KubeSentiment.Load;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>The room put together: what is recorded shows in the report and in the metrics that an autoscaler reads.</summary>
public sealed class LoadMonitorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FixedUsage _usage = new();
    private readonly ServiceProvider _services;

    public LoadMonitorTests() => _services = new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton<TimeProvider>(_time)
        .AddSingleton(new LoadOptions())
        .AddSingleton(new ScalingOptions())
        .AddLoad()
        .AddSingleton<IUsageReader>(_usage)
        .BuildServiceProvider();

    private LoadMonitor Monitor => _services.GetRequiredService<LoadMonitor>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task GetHpaMetrics_UnderLoad_GivesItsFigures()
    {
        _usage.Value = new ResourceUsage(0.8, 0.3);
        var gate = _services.GetRequiredService<AdmissionController>();
        using var admission = await gate.TryEnterAsync(60, CancellationToken.None);
        _services.GetRequiredService<LoadMetrics>().RecordResponseTime(TimeSpan.FromMilliseconds(50));
        Monitor.Sample();

        var hpa = Monitor.GetHpaMetrics();

        (hpa.ActiveRequests, hpa.QueuedRequests, hpa.CpuUtilization, hpa.MemoryUtilization).ShouldBe((60, 0, 0.8, 0.3));
        hpa.HealthScore.ShouldBe(100 - 30 - 12 - 3, 1e-9);
        (hpa.ShouldScaleUp, hpa.ShouldScaleDown).ShouldBe((true, false));
        hpa.Reasons.ShouldBe(["active_requests_high"]);
    }

    [Fact]
    public async Task Sampler_Running_SamplesEverySecond()
    {
        var sampler = _services.GetServices<IHostedService>().OfType<LoadSampler>().Single();
        var monitor = Monitor;
        _usage.Value = new ResourceUsage(0.4, 0.2);

        // One sample at the start, one each tick; a second reading shows that the first was made use of.
        await _usage.ReadAfter(() => sampler.StartAsync(CancellationToken.None));
        await _usage.ReadAfter(Tick);

        monitor.Snapshot().CpuUtilization.ShouldBe(0.4);
        await sampler.StopAsync(CancellationToken.None);

        Task Tick()
        {
            _time.Advance(LoadSampler.Interval);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Metrics_UnderLoad_CarryTheNamesOfTheRules()
    {
        _usage.Value = new ResourceUsage(0.8, 0.3);
        var monitor = Monitor;
        using var admission = await _services.GetRequiredService<AdmissionController>().TryEnterAsync(60, CancellationToken.None);
        monitor.Sample();

        var measured = Measure();

        measured["sentiment_active_requests"].ShouldBe(60);
        measured["sentiment_cpu_utilization"].ShouldBe(0.8);
        measured["sentiment_memory_utilization"].ShouldBe(0.3);
        measured["sentiment_health_score"].ShouldBe(55, 1e-9);
        measured["sentiment_should_scale_up"].ShouldBe(1);
        measured["sentiment_should_scale_down"].ShouldBe(0);
        measured["sentiment_admission_capacity"].ShouldBe(100);
        measured["sentiment_admission_queue_capacity"].ShouldBe(1_000);
        measured["sentiment_queued_requests"].ShouldBe(0);
    }

    private Dictionary<string, double> Measure()
    {
        Dictionary<string, double> measured = [];
        var meters = _services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private sealed class FixedUsage : IUsageReader
    {
        private TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ResourceUsage Value { get; set; } = ResourceUsage.None;

        public ResourceUsage Read()
        {
            _read.TrySetResult();
            return Value;
        }

        public async Task ReadAfter(Func<Task> cause)
        {
            _read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await cause();
            await _read.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        }

        public void Dispose()
        {
        }
    }
}
