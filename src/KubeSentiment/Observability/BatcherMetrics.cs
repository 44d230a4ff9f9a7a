using System.Diagnostics.Metrics;

namespace KubeSentiment.Observability;

/// <summary>What the batchers do: runs, waiting, answers, failures, each by the stage that did it.</summary>
internal sealed class BatcherMetrics
{
    private readonly Meter _meter;

    public BatcherMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MetricNames.Meter);
        var durations = new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets };
        RunDuration = _meter.CreateHistogram(MetricNames.InferenceDuration, MetricNames.Seconds, "How long a run of the model took, by batch.", null, durations);
        QueueDuration = _meter.CreateHistogram(MetricNames.QueueDuration, MetricNames.Seconds, "How long a text waited for its run.", null, durations);
        BatchTexts = _meter.CreateHistogram(
            MetricNames.BatchTexts, null, "Texts in a run.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = MetricNames.BatchTextBuckets });
        BatchTokens = _meter.CreateHistogram(
            MetricNames.BatchTokens, null, "Tokens in a run, with the padding that the graph computes.", null, new InstrumentAdvice<int> { HistogramBucketBoundaries = MetricNames.BatchTokenBuckets });
        Answers = _meter.CreateCounter<long>(MetricNames.InferenceTexts, null, "Texts that the model answered, by the stage whose answer it is.");
        BrownOuts = _meter.CreateCounter<long>(MetricNames.BrownOutTexts, null, "Texts that the fast model answered only because the service had too much to do.");
        Errors = _meter.CreateCounter<long>(MetricNames.InferenceErrors, null, "Texts whose run failed.");
    }

    public Histogram<double> RunDuration { get; }

    public Histogram<double> QueueDuration { get; }

    public Histogram<int> BatchTexts { get; }

    public Histogram<int> BatchTokens { get; }

    public Counter<long> Answers { get; }

    public Counter<long> BrownOuts { get; }

    public Counter<long> Errors { get; }

    /// <summary>What one stage records.</summary>
    /// <param name="stage">One of <see cref="StageNames"/>.</param>
    public StageMetrics Of(string stage) => new(this, stage);

    public void ObserveQueues(IReadOnlyList<(string Stage, Func<int> Texts)> queues, int capacity)
    {
        _meter.CreateObservableGauge(
            MetricNames.QueueTexts,
            () => queues.Select(queue => new Measurement<int>(queue.Texts(), new KeyValuePair<string, object?>(MetricNames.Labels.Stage, queue.Stage))),
            null,
            "Texts that wait for the model.");
        _meter.CreateObservableGauge(MetricNames.QueueCapacity, () => capacity, null, "Most texts that may wait for the model, at all stages together.");
    }
}
