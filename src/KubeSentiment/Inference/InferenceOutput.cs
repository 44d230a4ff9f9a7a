namespace KubeSentiment.Inference;

/// <summary>What the model said of one text.</summary>
/// <param name="Logits">One a label, in the folder's order.</param>
/// <param name="Embedding">The pooled sentence vector, when it was asked for.</param>
/// <param name="QueueTime">From entering a queue to the start of the run; of both queues where the text went through both.</param>
/// <param name="RunTime">How long the runs took that held the text (with its batch mates).</param>
internal sealed record InferenceOutput(float[] Logits, float[]? Embedding, TimeSpan QueueTime, TimeSpan RunTime)
{
    /// <summary>Whether all of it are numbers: a graph that overflows, as some in half precision do, answers others.</summary>
    public bool IsFinite => Array.TrueForAll(Logits, float.IsFinite) && (Embedding is null || Array.TrueForAll(Embedding, float.IsFinite));

    /// <summary>Whose answer it is.</summary>
    public AnswerStage Stage { get; init; }

    /// <summary>True for an answer that was kept only because the service had too much to do.</summary>
    public bool BrownOut { get; init; }
}
