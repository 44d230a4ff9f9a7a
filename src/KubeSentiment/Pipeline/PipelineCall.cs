using System.Runtime.InteropServices;
using KubeSentiment.Caching;
using KubeSentiment.Load;

namespace KubeSentiment.Pipeline;

/// <summary>What a caller wants of the main path.</summary>
/// <param name="Type">Sentiments or sentence vectors.</param>
/// <param name="Texts">Its texts.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PipelineCall(CacheType Type, IReadOnlyList<string> Texts)
{
    /// <summary>Refused when the gate is full, or patient.</summary>
    public AdmissionDoor Door { get; init; }

    /// <summary>What the caller calls its texts; null when nobody asked for them, and nothing is inspected.</summary>
    public TextNames? Names { get; init; }

    /// <summary>See <see cref="Inference.InferenceRequest"/>.</summary>
    public bool AnswerOnWorker { get; init; }
}
