namespace KubeSentiment.Anomalies;

/// <summary>An odd prediction, kept for review.</summary>
/// <param name="Id">The prediction's id, which feedback on it names.</param>
/// <param name="Text">The text's beginning, as much as is kept; null where none is.</param>
/// <param name="TextLength">The length of the whole text in Unicode code points.</param>
/// <param name="Label">The label that the model gave.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Anomalies">What is odd; at least one.</param>
/// <param name="Source">Where the text came from the first time; null where nobody said.</param>
/// <param name="DetectedAt">When it was found.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
public sealed record AnomalyEntry(
    Guid Id,
    string? Text,
    int TextLength,
    string Label,
    float Score,
    IReadOnlyList<Anomaly> Anomalies,
    string? Source,
    DateTimeOffset DetectedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Whether the entry is of a type, or of any, and odd enough.</summary>
    internal bool Matches(AnomalyType? type, double minScore)
    {
        foreach (var anomaly in Anomalies)
        {
            if ((type is null || anomaly.Type == type) && anomaly.Score >= minScore)
            {
                return true;
            }
        }

        return false;
    }
}
