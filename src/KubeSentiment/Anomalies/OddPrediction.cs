namespace KubeSentiment.Anomalies;

/// <summary>An odd prediction to be kept.</summary>
/// <param name="Id">What feedback on the prediction calls it.</param>
/// <param name="Text">The whole text; the buffer cuts it.</param>
/// <param name="Label">The label that the model gave.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Anomalies">What is odd; at least one.</param>
public readonly record struct OddPrediction(Guid Id, string Text, string Label, float Score, IReadOnlyList<Anomaly> Anomalies)
{
    /// <summary>Where the text came from: a request's id and the text's place in it, or a message's topic/partition/offset; null where nobody said.</summary>
    public string? Source { get; init; }
}
