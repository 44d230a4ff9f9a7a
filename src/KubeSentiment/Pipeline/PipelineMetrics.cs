using System.Diagnostics.Metrics;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>What became of the texts.</summary>
internal sealed class PipelineMetrics
{
    private readonly Counter<long> _texts;
    private readonly Counter<long> _predictions;

    public PipelineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        _texts = meter.CreateCounter<long>(MetricNames.Texts, null, "Texts by what became of them: predicted, featured, rejected, refused, failed, unsupported.");
        _predictions = meter.CreateCounter<long>(MetricNames.Predictions, null, "Predictions by label, and by who gave them: model, l1, l2.");
    }

    public void Finished(ReadOnlySpan<PredictionOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            _texts.Add(1, new KeyValuePair<string, object?>(MetricNames.Labels.Outcome, Name(outcome)));
            if (outcome is PredictionOutcome.Predicted predicted)
            {
                _predictions.Add(
                    1,
                    new KeyValuePair<string, object?>(MetricNames.Labels.Label, predicted.Prediction.Label),
                    new KeyValuePair<string, object?>(MetricNames.Labels.Source, Name(predicted.Prediction.Origin.Source)));
            }
        }
    }

    private static string Name(AnswerSource source) => source switch
    {
        AnswerSource.L1 => "l1",
        AnswerSource.L2 => "l2",
        _ => "model",
    };

    private static string Name(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Predicted => "predicted",
        PredictionOutcome.Featured => "featured",
        PredictionOutcome.Rejected => "rejected",
        PredictionOutcome.Refused => "refused",
        PredictionOutcome.Failed => "failed",
        _ => "unsupported",
    };
}
