using System.Diagnostics.Metrics;
using KubeSentiment.Observability;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Streaming;

/// <summary>What the consumers do, for Prometheus and for <c>GET /api/v1/kafka-metrics</c>.</summary>
internal sealed class StreamingMetrics
{
    private readonly string _topic;
    private readonly Throughput _throughput;
    private readonly Meter _meter;
    private readonly Counter<long> _consumed;
    private readonly Counter<long> _processed;
    private readonly CountsByWord<PoisonReason> _buried;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _rebuilds;
    private readonly Histogram<double> _batchDuration;

    // Interlocked.
    private long _totalConsumed;
    private long _totalProcessed;
    private long _totalCommitted;
    private long _totalAborted;

    public StreamingMetrics(KafkaOptions options, IMeterFactory meters, TimeProvider time)
    {
        _topic = options.Topic;
        _throughput = new Throughput(time);
        _meter = meters.Create(MetricNames.Meter);
        _consumed = _meter.CreateCounter<long>(MetricNames.KafkaConsumed, null, "Messages read, those that come again after an abort included.");
        _processed = _meter.CreateCounter<long>(MetricNames.KafkaProcessed, null, "Messages whose result or dead letter is committed.");
        _buried = new(
            _meter,
            MetricNames.KafkaDeadLetters,
            "Messages that cannot be processed, by reason; those that come again after an abort included.",
            MetricNames.Labels.Reason,
            PoisonReasons.All,
            PoisonReasons.Name);
        _transactions = _meter.CreateCounter<long>(MetricNames.KafkaTransactions, null, "Batches by how writing them ended: committed, aborted, failed, broken.");
        _rebalances = _meter.CreateCounter<long>(MetricNames.KafkaRebalances, null, "Partitions that came or went: assigned, revoked, lost.");
        _rebuilds = _meter.CreateCounter<long>(MetricNames.KafkaRebuilds, null, "Clients that were made anew: producer, consumer.");
        _batchDuration = _meter.CreateHistogram(
            MetricNames.KafkaCommitDuration,
            MetricNames.Seconds,
            "How long writing and committing a batch took.",
            null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricNames.DurationBuckets });
        _meter.CreateObservableGauge(
            MetricNames.KafkaThroughput,
            () => new Measurement<double>(_throughput.PerSecond(), Topic()),
            null,
            "Messages processed a second, over the last ten seconds.");
        _meter.CreateObservableGauge(MetricNames.KafkaBatchSize, () => options.BatchSize, null, "Most messages in one transaction.");
    }

    /// <summary>Messages read.</summary>
    public long TotalConsumed => Interlocked.Read(ref _totalConsumed);

    /// <summary>Messages whose result or dead letter is committed.</summary>
    public long TotalProcessed => Interlocked.Read(ref _totalProcessed);

    public long TotalBuried => _buried.Total;

    public long TotalCommitted => Interlocked.Read(ref _totalCommitted);

    /// <summary>Batches that were not written: aborted, failed, broken.</summary>
    public long TotalAborted => Interlocked.Read(ref _totalAborted);

    public double PerSecond => _throughput.PerSecond();

    /// <summary>Publishes what the consumers say of themselves.</summary>
    public void Observe(Func<IReadOnlyList<ConsumerThreadInfo>> threads)
    {
        _meter.CreateObservableGauge(
            MetricNames.KafkaLag,
            () => from thread in threads()
                  from partition in thread.Partitions
                  where partition.Lag is not null
                  select new Measurement<long>(partition.Lag!.Value, new KeyValuePair<string, object?>(MetricNames.Labels.Partition, partition.Partition)),
            null,
            "Messages not yet processed, by partition of this replica.");
        _meter.CreateObservableGauge(MetricNames.KafkaPartitions, () => threads().Sum(thread => thread.Partitions.Count), null, "Partitions of this replica.");
        _meter.CreateObservableGauge(
            MetricNames.KafkaConsumers,
            () => from state in Enum.GetValues<ConsumerState>()
                  select new Measurement<int>(
                      threads().Count(thread => thread.State == state), new KeyValuePair<string, object?>(MetricNames.Labels.State, state.Word())),
            null,
            "Consumers of this replica, by what they do.");
        _meter.CreateObservableGauge(
            MetricNames.KafkaPollAge,
            () => threads().Select(thread => thread.SinceLastPoll.TotalSeconds).DefaultIfEmpty().Max(),
            MetricNames.Seconds,
            "Time since the consumer that is furthest behind has polled.");
    }

    public void Consumed(int partition, int messages)
    {
        Interlocked.Add(ref _totalConsumed, messages);
        _consumed.Add(messages, Topic(), new KeyValuePair<string, object?>(MetricNames.Labels.Partition, partition));
    }

    public void Sent(SendEnd end, int messages, TimeSpan duration)
    {
        _transactions.Add(1, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, Word(end)));
        _batchDuration.Record(duration.TotalSeconds);
        if (end == SendEnd.Committed)
        {
            Interlocked.Add(ref _totalProcessed, messages);
            Interlocked.Increment(ref _totalCommitted);
            _processed.Add(messages, Topic());
            _throughput.Add(messages);
        }
        else
        {
            Interlocked.Increment(ref _totalAborted);
        }
    }

    public void Buried(PoisonReason reason) => _buried.Add(reason);

    public void Moved(string how, int partitions) => _rebalances.Add(partitions, new KeyValuePair<string, object?>(MetricNames.Labels.State, how));

    public void Rebuilt(string client) => _rebuilds.Add(1, new KeyValuePair<string, object?>(MetricNames.Labels.Name, client));

    private static string Word(SendEnd end) => end switch
    {
        SendEnd.Committed => "committed",
        SendEnd.Aborted => "aborted",
        SendEnd.Failed or SendEnd.Refused => "failed",
        _ => "broken",
    };

    private KeyValuePair<string, object?> Topic() => new(MetricNames.Labels.Topic, _topic);
}
