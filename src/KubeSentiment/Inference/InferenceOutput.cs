namespace KubeSentiment.Inference;

/// <summary>What the model said of one text.</summary>
/// <param name="Logits">One a label, in the folder's order.</param>
/// <param name="Embedding">The pooled sentence vector, when it was asked for.</param>
/// <param name="QueueTime">From entering the queue to the start of the run.</param>
/// <param name="RunTime">How long the run took that held the text (with its batch mates).</param>
internal sealed record InferenceOutput(float[] Logits, float[]? Embedding, TimeSpan QueueTime, TimeSpan RunTime);
