using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>A text that waits for the model, and the promise of its answer.</summary>
internal sealed class PendingInference
{
    // Continuations must not run on the worker: it has the next batch to do.
    private readonly TaskCompletionSource<InferenceOutput> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;

    /// <summary>The answer is cancelled as soon as the caller goes away, whether or not a worker ever sees the text.</summary>
    public PendingInference(TokenizedText tokens, bool wantsEmbedding, CancellationToken cancellationToken)
    {
        Tokens = tokens;
        WantsEmbedding = wantsEmbedding;
        _cancellation = cancellationToken.UnsafeRegister(
            static (pending, token) => ((PendingInference)pending!)._answer.TrySetCanceled(token), this);
    }

    public TokenizedText Tokens { get; }

    public int Length => Tokens.Ids.Length;

    public bool WantsEmbedding { get; }

    public Task<InferenceOutput> Answer => _answer.Task;

    /// <summary>True once there is nobody left to answer: cancelled, or answered.</summary>
    public bool IsDone => _answer.Task.IsCompleted;

    /// <summary>Order of arrival. Written by <see cref="PendingQueue"/> under its lock, before a worker can see the text.</summary>
    public long Sequence { get; set; }

    /// <summary>Timestamp of arrival. Written as <see cref="Sequence"/> is.</summary>
    public long EnqueuedAt { get; set; }

    public void Complete(InferenceOutput output)
    {
        _cancellation.Dispose();
        _answer.TrySetResult(output);
    }

    /// <summary>The queue was full: nobody will answer, nobody may ask.</summary>
    public void Abandon()
    {
        _cancellation.Dispose();
        _answer.TrySetCanceled();
    }

    public void Fail(Exception exception)
    {
        _cancellation.Dispose();
        _answer.TrySetException(exception);
    }
}
