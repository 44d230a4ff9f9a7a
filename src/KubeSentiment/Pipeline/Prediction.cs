using KubeSentiment.Anomalies;
using KubeSentiment.Inference;

namespace KubeSentiment.Pipeline;

/// <summary>The sentiment of one text.</summary>
/// <param name="Label">The label with the highest score.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Scores">A score for each label, in the model's order; they sum to 1.</param>
/// <param name="Origin">Where the answer came from, and what it took.</param>
public sealed record Prediction(string Label, float Score, IReadOnlyDictionary<string, float> Scores, AnswerOrigin Origin)
{
    /// <summary>Names this prediction, in feedback and in the buffer for review; sorts by time.</summary>
    public Guid Id { get; init; }

    /// <summary>How far the label's score is ahead of the next one's, 0..1; the score itself where there is no other label.</summary>
    public float Margin { get; init; }

    /// <summary>What is odd about it; empty when nothing is.</summary>
    public IReadOnlyList<Anomaly> Anomalies { get; init; } = [];
}

/// <summary>Where an answer came from, and what it took.</summary>
/// <param name="Source">Who gave it.</param>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">Whether the text had more tokens than the model can read.</param>
/// <param name="QueueTime">How long the text waited for the model; zero when it was not asked.</param>
/// <param name="InferenceTime">How long the run of the model took, batch mates included; zero when it was not asked.</param>
public readonly record struct AnswerOrigin(AnswerSource Source, int Tokens, bool Truncated, TimeSpan QueueTime, TimeSpan InferenceTime)
{
    /// <summary>Share of the text's words that the model could not read, 0..1.</summary>
    public float UnreadableShare { get; init; }

    /// <summary>Which of the model's graphs gave the answer, now or when it was remembered.</summary>
    public AnswerStage Stage { get; init; }

    /// <summary>True when the fast model was not sure enough by the usual threshold, and its answer was kept because the service had too much to do. Never remembered.</summary>
    public bool BrownOut { get; init; }
}

/// <summary>Who gave an answer.</summary>
public enum AnswerSource
{
    /// <summary>The model, for this call or for another that asked the same at the same time.</summary>
    Model,

    /// <summary>This replica's memory.</summary>
    L1,

    /// <summary>Redis.</summary>
    L2,
}
