using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeSentiment.IntegrationTests.Caching;

/// <summary>Counts what a replica counts as failed calls to Redis, from its start.</summary>
internal sealed class RedisFailures : IDisposable
{
    private readonly ConcurrentDictionary<(string Operation, string Error), long> _counts = new();
    private readonly MeterListener _listener;

    /// <summary>Begins to count.</summary>
    /// <param name="meters">The replica's own: others run in the same process.</param>
    public RedisFailures(IMeterFactory meters)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "redis_cache_errors" && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, count, labels, _) => _counts.AddOrUpdate(
            (Label(labels, "operation"), Label(labels, "error_type")), count, (_, sum) => sum + count));
        _listener.Start();
    }

    public IReadOnlyDictionary<(string Operation, string Error), long> Counts => _counts;

    public void Dispose() => _listener.Dispose();

    private static string Label(ReadOnlySpan<KeyValuePair<string, object?>> labels, string name)
    {
        foreach (var (key, value) in labels)
        {
            if (key == name)
            {
                return (string)value!;
            }
        }

        return "";
    }
}
