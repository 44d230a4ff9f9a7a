using System.Diagnostics;
using KubeSentiment.Caching;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>The span of a call's way along the main path: who answered, and how long the model's part took. Nothing while nobody collects traces.</summary>
/// <remarks>The waits at the gate and the lookup in Redis are spans within it. The model works for many calls at once, so its part is told in numbers: those of the text that took longest.</remarks>
internal static class PipelineSpan
{
    /// <summary>The span of a wait at the gate.</summary>
    public const string Gate = "wait at the gate";

    /// <summary>Begins the span.</summary>
    /// <returns>Null while nobody collects traces.</returns>
    public static Activity? Start(PipelineCall call) =>
        Tracing.Source.StartActivity(call.Type == CacheType.Feature ? "features" : "predict")?.SetTag("sentiment.texts", call.Texts.Count);

    /// <summary>Says what became of the texts.</summary>
    public static void Tell(Activity? span, PredictionOutcome[] outcomes)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        var (queued, run) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var end in outcomes.GroupBy(End))
        {
            span.SetTag($"sentiment.texts.{end.Key}", end.Count());
        }

        foreach (var origin in outcomes.Select(Origin).OfType<AnswerOrigin>().Where(origin => origin.Source == AnswerSource.Model))
        {
            queued = queued > origin.QueueTime ? queued : origin.QueueTime;
            run = run > origin.InferenceTime ? run : origin.InferenceTime;
        }

        if (run > TimeSpan.Zero)
        {
            span.SetTag("sentiment.queue_time_ms", queued.TotalMilliseconds).SetTag("sentiment.inference_time_ms", run.TotalMilliseconds);
        }

        if (Array.Find(outcomes, outcome => outcome is PredictionOutcome.Failed) is PredictionOutcome.Failed(var cause))
        {
            Tracing.Fail(span, cause.GetType().FullName);
        }
    }

    private static string End(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Rejected => "rejected",
        PredictionOutcome.Refused => "refused",
        PredictionOutcome.Unsupported => "unsupported",
        _ => Origin(outcome)?.Source switch { AnswerSource.L1 => "l1", AnswerSource.L2 => "l2", AnswerSource.Model => "model", _ => "failed" },
    };

    private static AnswerOrigin? Origin(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Predicted(var prediction) => prediction.Origin,
        PredictionOutcome.Featured(_, var origin) => origin,
        _ => null,
    };
}
