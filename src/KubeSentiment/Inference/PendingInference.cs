using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>A text that waits for the model, and the promise of its answer.</summary>
internal sealed class PendingInference
{
    private readonly TaskCompletionSource<InferenceOutput> _answer;
    private readonly CancellationTokenRegistration _cancellation;

    /// <summary>The answer is cancelled as soon as the caller goes away, whether or not a worker ever sees the text.</summary>
    public PendingInference(InferenceRequest request, bool wantsEmbedding)
    {
        Tokens = request.Tokens;
        WantsEmbedding = wantsEmbedding;
        IsBackground = request.IsBackground;
        // The worker has the next batch to do; but to wake a thread of the pool for a short answer takes both of them longer than to give it.
        _answer = new(request.AnswerOnWorker ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _cancellation = request.Abandoned.UnsafeRegister(
            static (pending, token) => ((PendingInference)pending!)._answer.TrySetCanceled(token), this);
    }

    public TokenizedText Tokens { get; }

    public int Length => Tokens.Ids.Length;

    public bool WantsEmbedding { get; }

    /// <summary>See <see cref="InferenceRequest"/>.</summary>
    public bool IsBackground { get; }

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
