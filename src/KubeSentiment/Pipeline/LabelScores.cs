namespace KubeSentiment.Pipeline;

/// <summary>Turns logits into the scores of the labels.</summary>
internal sealed class LabelScores(IReadOnlyList<string> labels)
{
    /// <summary>Softmax, with the largest logit taken off first so that no exponential overflows.</summary>
    /// <param name="logits">One a label.</param>
    /// <param name="origin">Where they came from.</param>
    /// <param name="id">Names the prediction.</param>
    public Prediction Read(ReadOnlySpan<float> logits, AnswerOrigin origin, Guid id)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        var weights = new double[logits.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            weights[i] = Math.Exp((double)logits[i] - logits[best]);
        }

        var sum = weights.Sum();
        var next = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            next = i != best && weights[i] > next ? weights[i] : next;
        }

        var scores = new float[weights.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)(weights[i] / sum);
        }

        return new Prediction(labels[best], scores[best], new ScoresByLabel(labels, scores), origin) { Id = id, Margin = (float)((weights[best] - next) / sum) };
    }
}
