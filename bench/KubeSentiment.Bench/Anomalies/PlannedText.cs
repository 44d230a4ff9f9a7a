namespace KubeSentiment.Bench.Anomalies;

/// <summary>A text of the stream.</summary>
/// <param name="Text">The text.</param>
/// <param name="Kind">Why it was planted; null for a real text.</param>
internal sealed record PlannedText(string Text, OddKind? Kind);
