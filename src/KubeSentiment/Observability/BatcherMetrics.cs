using System.Diagnostics.Metrics;

namespace KubeSentiment.Observability;

/// <summary>What the batcher does: runs, waiting, failures.</summary>
internal sealed class BatcherMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<double> _runDuration;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<int> _batchTexts;
    private readonly Histogram<int> _batchTokens;
    private readonly Counter<long> _errors;

    public BatcherMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MetricNames.Meter);
        var durations = new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets };
        _runDuration = _meter.CreateHistogram(MetricNames.InferenceDuration, MetricNames.Seconds, "How long a run of the model took, by batch.", null, durations);
        _queueDuration = _meter.CreateHistogram(MetricNames.QueueDuration, MetricNames.Seconds, "How long a text waited for its run.", null, durations);
        _batchTexts = _meter.CreateHistogram(
            MetricNames.BatchTexts, null, "Texts in a run.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = MetricNames.BatchTextBuckets });
        _batchTokens = _meter.CreateHistogram(
            MetricNames.BatchTokens, null, "Tokens in a run, padding included.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = MetricNames.BatchTokenBuckets });
        _errors = _meter.CreateCounter<long>(MetricNames.InferenceErrors, null, "Texts whose run failed.");
    }

    public void ObserveQueue(Func<int> count, int capacity)
    {
        _meter.CreateObservableGauge(MetricNames.QueueTexts, count, null, "Texts that wait for the model.");
        _meter.CreateObservableGauge(MetricNames.QueueCapacity, () => capacity, null, "Most texts that may wait for the model.");
    }

    public void Ran(int texts, int paddedTokens, TimeSpan duration)
    {
        _batchTexts.Record(texts);
        _batchTokens.Record(paddedTokens);
        _runDuration.Record(duration.TotalSeconds);
    }

    public void Waited(TimeSpan duration) => _queueDuration.Record(duration.TotalSeconds);

    public void Failed() => _errors.Add(1);
}
