using System.Diagnostics.Metrics;
using KubeSentiment.Jobs;
using KubeSentiment.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Jobs;

/// <summary>What is told of the store.</summary>
public sealed class JobMetricsTests
{
    private static readonly string[] Held = [MetricNames.JobsUnfinished, MetricNames.JobsKept, MetricNames.JobTextsWaiting, MetricNames.JobBytes];

    [Fact]
    public void Observe_StoreAway_LeavesOutWhatNobodyKnows()
    {
        var told = Told(() => null);

        told[MetricNames.JobStoreUp].ShouldBe([0]);
        Held.ShouldAllBe(name => !told.Contains(name));
    }

    [Fact]
    public void Observe_StoreThere_TellsWhatItHolds()
    {
        var told = Told(() => new JobFigures(3, 2, new Dictionary<JobPriority, int> { [JobPriority.Low] = 7, [JobPriority.High] = 5 }, 100));

        told[MetricNames.JobStoreUp].ShouldBe([1]);
        Held.Select(name => told[name].Sum()).ShouldBe([3, 2, 12, 100]);
    }

    private static ILookup<string, long> Told(Func<JobFigures?> figures)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        new JobMetrics(new JobOptions(), meters).Observe(figures);
        List<(string Name, long Value)> told = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Meters of other tests have the same name, not the same scope.
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => told.Add((instrument.Name, value)));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => told.Add((instrument.Name, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return told.ToLookup(measurement => measurement.Name, measurement => measurement.Value);
    }
}
