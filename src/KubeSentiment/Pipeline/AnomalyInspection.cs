using KubeSentiment.Anomalies;

namespace KubeSentiment.Pipeline;

/// <summary>Looks for what is odd about predictions, says so in them and keeps them for review.</summary>
internal sealed class AnomalyInspection(AnomalyDetector detector, AnomalyBuffer buffer, AnomalyOptions options)
{
    /// <summary>Whether sure negatives are looked for among labels of which none counts as negative: they would be missed without a word.</summary>
    /// <param name="labels">The model's labels.</param>
    public bool MissesNegatives(IReadOnlyList<string> labels) =>
        options.Enabled
        && options.Types.Contains(AnomalyType.HighConfidenceNegative.Name(), StringComparer.OrdinalIgnoreCase)
        && !labels.Any(label => options.NegativeLabels.Contains(label, StringComparer.OrdinalIgnoreCase));

    /// <summary>Inspects what was predicted, remembered answers included: whether an answer is odd does not depend on who gave it.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="outcomes">Their outcomes; odd predictions are replaced by ones that say so.</param>
    /// <param name="names">What the caller calls the texts.</param>
    public void Inspect(IReadOnlyList<string> texts, PredictionOutcome[] outcomes, TextNames names)
    {
        if (!options.Enabled)
        {
            return;
        }

        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is PredictionOutcome.Predicted { Prediction: var prediction })
            {
                var anomalies = detector.Inspect(FactsOf(texts[i], prediction));
                if (anomalies.Count > 0)
                {
                    outcomes[i] = new PredictionOutcome.Predicted(prediction with { Anomalies = anomalies });
                    buffer.Add(new OddPrediction(prediction.Id, texts[i], prediction.Label, prediction.Score, anomalies) { Source = names[i] });
                }
            }
        }
    }

    private static PredictionFacts FactsOf(string text, Prediction prediction) => new(
        prediction.Label,
        prediction.Score,
        prediction.Margin,
        text.Length,
        prediction.Origin.Tokens,
        prediction.Origin.Truncated,
        prediction.Origin.UnreadableShare);
}
