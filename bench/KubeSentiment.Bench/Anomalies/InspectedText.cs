namespace KubeSentiment.Bench.Anomalies;

/// <summary>What the service said of a text.</summary>
/// <param name="Label">The label.</param>
/// <param name="Scores">The scores of all labels, largest first.</param>
/// <param name="Truncated">Whether the model read only its beginning.</param>
/// <param name="Anomalies">The types that were found.</param>
internal sealed record InspectedText(string Label, double[] Scores, bool Truncated, HashSet<string> Anomalies);
