using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Jobs;

/// <summary>What this replica has done for jobs, for Prometheus and for <c>GET /api/v1/batch/metrics</c>, and what the store holds.</summary>
internal sealed class JobMetrics
{
    private readonly JobOptions _options;
    private readonly Meter _meter;
    private readonly CountsByWord<JobPriority> _submitted;
    private readonly CountsByWord<JobBound> _refused;
    private readonly CountsByWord<JobState> _ended;
    private readonly Counter<long> _texts;
    private readonly Counter<long> _chunks;
    private readonly Histogram<double> _chunkDuration;

    // Interlocked.
    private long _totalSubmittedTexts;
    private long _totalPredicted;
    private long _totalFailed;
    private long _totalChunks;
    private long _totalTakenOver;
    private long _totalRepeated;

    public JobMetrics(JobOptions options, IMeterFactory meters)
    {
        _options = options;
        _meter = meters.Create(MetricNames.Meter);
        _submitted = new(
            _meter,
            MetricNames.JobsSubmitted,
            "Jobs that this replica took on, by priority.",
            MetricNames.Labels.Priority,
            JobPriorities.All,
            JobPriorities.Word);
        _refused = new(
            _meter,
            MetricNames.JobsRefused,
            "Jobs that this replica refused, by the bound that was reached.",
            MetricNames.Labels.Reason,
            JobBounds.All,
            JobBounds.Word);
        _ended = new(
            _meter,
            MetricNames.JobsEnded,
            "Jobs that this replica saw end, by their last state.",
            MetricNames.Labels.State,
            JobStates.Ends,
            JobStates.Word);
        _texts = _meter.CreateCounter<long>(MetricNames.JobTexts, null, "Texts of jobs that this replica has given a result, by what it is.");
        _chunks = _meter.CreateCounter<long>(
            MetricNames.JobChunks,
            null,
            "Chunks by what became of them here: completed, repeated (somebody else was first), given_back, taken_over (from a replica that was not heard of).");
        _chunkDuration = _meter.CreateHistogram(
            MetricNames.JobChunkDuration,
            MetricNames.Seconds,
            "How long a chunk took, waiting for its turn at the gate included.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets });
    }

    public long TotalSubmitted => _submitted.Total;

    public long TotalSubmittedTexts => Interlocked.Read(ref _totalSubmittedTexts);

    public long TotalPredicted => Interlocked.Read(ref _totalPredicted);

    public long TotalFailed => Interlocked.Read(ref _totalFailed);

    public long TotalChunks => Interlocked.Read(ref _totalChunks);

    public long TotalTakenOver => Interlocked.Read(ref _totalTakenOver);

    public long TotalRepeated => Interlocked.Read(ref _totalRepeated);

    public long TotalEnded(JobState state) => _ended.CountOf(state);

    public long TotalRefused(JobBound bound) => _refused.CountOf(bound);

    /// <summary>Publishes what the store holds, and the bounds.</summary>
    /// <param name="figures">Null while the store does not answer: figures are then left out rather than guessed.</param>
    public void Observe(Func<JobFigures?> figures)
    {
        _meter.CreateObservableGauge(MetricNames.JobStoreUp, () => figures() is null ? 0 : 1, null, "1 while the store of the jobs answers and takes writes.");
        _meter.CreateObservableGauge(
            MetricNames.JobsUnfinished, () => Known(figures()?.UnfinishedJobs), null, "Jobs that have not ended; with Redis, of all replicas.");
        _meter.CreateObservableGauge(
            MetricNames.JobsKept, () => Known(figures()?.KeptJobs), null, "Jobs that have ended and are kept; with Redis, of all replicas.");
        _meter.CreateObservableGauge(
            MetricNames.JobTextsWaiting,
            () => figures() is { } known
                ? known.WaitingTexts.Select(waiting => new Measurement<int>(waiting.Value, new KeyValuePair<string, object?>(MetricNames.Labels.Priority, waiting.Key.Word())))
                : [],
            null,
            "Texts of jobs that have no result yet, by priority; with Redis, of all replicas.");
        _meter.CreateObservableGauge(
            MetricNames.JobBytes,
            () => figures() is { } known ? [new Measurement<long>(known.Bytes)] : (IEnumerable<Measurement<long>>)[],
            null,
            "Bytes of texts and results that are held; with Redis, of all replicas.");
        _meter.CreateObservableGauge(MetricNames.JobsMax, () => _options.MaxJobs, null, "Most jobs that have not ended.");
        _meter.CreateObservableGauge(MetricNames.JobTextsMax, () => _options.MaxTexts, null, "Most texts of jobs that wait.");
        _meter.CreateObservableGauge(MetricNames.JobBytesMax, () => _options.MaxBytes, null, "Most bytes of texts and results.");
    }

    public void Submitted(Job job)
    {
        Interlocked.Add(ref _totalSubmittedTexts, job.TotalTexts);
        _submitted.Add(job.Priority);
    }

    public void Refused(JobBound bound) => _refused.Add(bound);

    public void Ended(JobState state) => _ended.Add(state);

    public void Completed(int predicted, int failed, TimeSpan duration)
    {
        Interlocked.Increment(ref _totalChunks);
        Interlocked.Add(ref _totalPredicted, predicted);
        Interlocked.Add(ref _totalFailed, failed);
        _texts.Add(predicted, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, "predicted"));
        _texts.Add(failed, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, "failed"));
        Count("completed");
        _chunkDuration.Record(duration.TotalSeconds);
    }

    public void Repeated()
    {
        Interlocked.Increment(ref _totalRepeated);
        Count("repeated");
    }

    public void TakenOver()
    {
        Interlocked.Increment(ref _totalTakenOver);
        Count("taken_over");
    }

    public void GivenBack() => Count("given_back");

    private void Count(string outcome) => _chunks.Add(1, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, outcome));

    private static IEnumerable<Measurement<int>> Known(int? value) => value is { } known ? [new Measurement<int>(known)] : [];
}
