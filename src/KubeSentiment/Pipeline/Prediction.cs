namespace KubeSentiment.Pipeline;

/// <summary>The sentiment of one text.</summary>
/// <param name="Label">The label with the highest score.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Scores">A score for each label, in the model's order; they sum to 1.</param>
/// <param name="Cost">What the answer took.</param>
public sealed record Prediction(string Label, float Score, IReadOnlyDictionary<string, float> Scores, TextCost Cost);

/// <summary>What an answer took.</summary>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">Whether the text had more tokens than the model can read.</param>
/// <param name="QueueTime">How long the text waited for the model.</param>
/// <param name="InferenceTime">How long the run of the model took, batch mates included.</param>
public readonly record struct TextCost(int Tokens, bool Truncated, TimeSpan QueueTime, TimeSpan InferenceTime);
