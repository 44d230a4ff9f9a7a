using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>How answers call the stages.</summary>
internal static class AnswerStages
{
    public static string Name(this AnswerStage stage) => stage == AnswerStage.Fast ? StageNames.Fast : StageNames.Full;
}
