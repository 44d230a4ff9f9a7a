using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>A text that waits for the model, and the promise of its answer.</summary>
internal sealed class PendingInference
{
    private readonly TaskCompletionSource<InferenceOutput> _answer;
    private readonly CancellationTokenRegistration _cancellation;

    /// <summary>The answer is cancelled as soon as the caller goes away, whether or not a worker ever sees the text.</summary>
    /// <param name="request">The text.</param>
    /// <param name="wantsEmbedding">Whether the sentence vector is asked for.</param>
    /// <param name="threshold">Top score from which the fast model's answer is kept.</param>
    public PendingInference(InferenceRequest request, bool wantsEmbedding, float threshold = 0)
    {
        Tokens = request.Tokens;
        WantsEmbedding = wantsEmbedding;
        Threshold = threshold;
        IsBackground = request.IsBackground;
        // The worker has the next batch to do; but to wake a thread of the pool for a short answer takes both of them longer than to give it.
        _answer = new(request.AnswerOnWorker ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _cancellation = request.Abandoned.UnsafeRegister(
            static (pending, token) => ((PendingInference)pending!)._answer.TrySetCanceled(token), this);
    }

    public TokenizedText Tokens { get; }

    public int Length => Tokens.Ids.Length;

    public bool WantsEmbedding { get; }

    public float Threshold { get; }

    /// <summary>See <see cref="InferenceRequest"/>.</summary>
    public bool IsBackground { get; }

    public Task<InferenceOutput> Answer => _answer.Task;

    /// <summary>True once there is nobody left to answer: cancelled, or answered.</summary>
    public bool IsDone => _answer.Task.IsCompleted;

    /// <summary>Order of arrival in the queue in which it is. Written by <see cref="PendingQueue"/> under its lock, before a worker can see the text.</summary>
    public long Sequence { get; set; }

    /// <summary>Timestamp of its arrival in the queue in which it is. Written as <see cref="Sequence"/> is.</summary>
    public long EnqueuedAt { get; set; }

    /// <summary>Timestamp of its arrival in the first queue; null before. Written as <see cref="Sequence"/> is.</summary>
    public long? ArrivedAt { get; set; }

    /// <summary>How long it has waited so far. Only the worker that has the text in hand reads and writes it.</summary>
    public TimeSpan QueueTime { get; private set; }

    /// <summary>How long it has been run so far. As <see cref="QueueTime"/>.</summary>
    public TimeSpan RunTime { get; private set; }

    /// <summary>Adds what one model took.</summary>
    public void Spent(TimeSpan queueTime, TimeSpan runTime)
    {
        QueueTime += queueTime;
        RunTime += runTime;
    }

    // Not Dispose, which would have the worker wait for whatever the caller does who is being cancelled at this moment.
    public void Complete(InferenceOutput output)
    {
        _cancellation.Unregister();
        _answer.TrySetResult(output);
    }

    public void Fail(Exception exception)
    {
        _cancellation.Unregister();
        _answer.TrySetException(exception);
    }
}
