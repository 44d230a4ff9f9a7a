using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference;

/// <summary>Texts for queues, which look at nothing but their length, and workers that take them.</summary>
internal static class PendingTexts
{
    /// <summary>A text of so many tokens.</summary>
    public static PendingInference Of(int length, bool isBackground = false, CancellationTokenSource? caller = null) =>
        new(new InferenceRequest(new TokenizedText(new int[length], Truncated: false), caller?.Token ?? CancellationToken.None, IsBackground: isBackground), wantsEmbedding: false);

    /// <summary>Does something that blocks, on a thread of its own.</summary>
    public static Task<T> OnThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="OnThread{T}"/>
    public static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
