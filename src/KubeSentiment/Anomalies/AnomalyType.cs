namespace KubeSentiment.Anomalies;

/// <summary>What can be odd about a prediction.</summary>
public enum AnomalyType
{
    /// <summary>The model is as good as sure that the text is negative: if it is wrong, somebody is wronged; if it is right, somebody should know.</summary>
    HighConfidenceNegative,

    /// <summary>Two labels are nearly tied.</summary>
    LowConfidence,

    /// <summary>The model could not read much of the text: garbled, emoji, another language.</summary>
    OutOfVocabulary,

    /// <summary>The model read only the beginning of the text.</summary>
    Truncated,

    /// <summary>The text is much shorter or longer than those before it.</summary>
    UnusualLength,
}
