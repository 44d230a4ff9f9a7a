using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Which of a model's graphs gave an answer.</summary>
public enum AnswerStage
{
    /// <summary>The full one, <c>model.onnx</c>.</summary>
    Full,

    /// <summary>The fast one, <c>fast.onnx</c>, which was sure of it.</summary>
    Fast,
}

/// <summary>The words for stages, in answers and metrics.</summary>
internal static class AnswerStages
{
    public static string Word(this AnswerStage stage) => stage == AnswerStage.Fast ? StageNames.Fast : StageNames.Full;
}
