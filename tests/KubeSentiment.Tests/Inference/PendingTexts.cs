using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Tests.Inference;

/// <summary>Texts for queues, which look at nothing but their length.</summary>
internal static class PendingTexts
{
    /// <summary>A text of so many tokens.</summary>
    public static PendingInference Of(int length, bool isBackground = false, CancellationTokenSource? caller = null) =>
        new(new InferenceRequest(new TokenizedText(new int[length], Truncated: false), caller?.Token ?? CancellationToken.None, IsBackground: isBackground), wantsEmbedding: false);
}
