using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>What became of the texts. Counts are kept here and read when somebody asks, so that a remembered answer pays for no instrument.</summary>
internal sealed class PipelineMetrics
{
    /// <summary>By <see cref="AnswerSource"/>.</summary>
    private static readonly string[] Sources = ["model", "l1", "l2"];

    private static readonly string[] Outcomes = ["predicted", "featured", "rejected", "refused", "failed", "unsupported"];

    // One an outcome; interlocked.
    private readonly long[] _texts = new long[Outcomes.Length];

    // By label, one a source; interlocked.
    private readonly ConcurrentDictionary<string, long[]> _predictions = [];

    public PipelineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        meter.CreateObservableCounter(MetricNames.Texts, Texts, null, "Texts by what became of them: predicted, featured, rejected, refused, failed, unsupported.");
        meter.CreateObservableCounter(MetricNames.Predictions, Predictions, null, "Predictions by label, and by who gave them: model, l1, l2.");
    }

    public void Finished(ReadOnlySpan<PredictionOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            Interlocked.Increment(ref _texts[IndexOf(outcome)]);
            if (outcome is PredictionOutcome.Predicted { Prediction: var prediction })
            {
                var sources = _predictions.GetOrAdd(prediction.Label, static _ => new long[Sources.Length]);
                Interlocked.Increment(ref sources[(int)prediction.Origin.Source]);
            }
        }
    }

    private static int IndexOf(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Predicted => 0,
        PredictionOutcome.Featured => 1,
        PredictionOutcome.Rejected => 2,
        PredictionOutcome.Refused => 3,
        PredictionOutcome.Failed => 4,
        _ => 5,
    };

    private IEnumerable<Measurement<long>> Texts() => Happened(_texts, Outcomes, MetricNames.Labels.Outcome, []);

    private IEnumerable<Measurement<long>> Predictions() =>
        _predictions.SelectMany(label => Happened(label.Value, Sources, MetricNames.Labels.Source, [new(MetricNames.Labels.Label, label.Key)]));

    /// <summary>What has never happened has no series.</summary>
    private static IEnumerable<Measurement<long>> Happened(long[] counts, string[] names, string tag, KeyValuePair<string, object?>[] others)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            if (Interlocked.Read(ref counts[i]) is > 0 and var count)
            {
                yield return new(count, [.. others, new(tag, names[i])]);
            }
        }
    }
}
