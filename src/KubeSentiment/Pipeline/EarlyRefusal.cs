using System.Diagnostics.CodeAnalysis;
using KubeSentiment.Caching;
using KubeSentiment.Load;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>Step 1 for a text that nobody has read yet: refuses it where to read it first would change nothing.</summary>
/// <remarks>A gate without room refuses all that memory does not know. While memory knows next to nothing, to parse a request and look its text up is most of what a refusal costs, and in an overload that is paid by those
/// who are answered.</remarks>
internal sealed class EarlyRefusal(AdmissionController gate, SentimentCache cache, Readiness readiness, PipelineMetrics metrics)
{
    /// <summary>Whether <see cref="TryRefuse"/> is worth a try: there is no room, and hardly an answer in memory. Costs next to nothing where there is room.</summary>
    public bool IsLikely => !gate.IsOpen && readiness.State != ReadinessState.Starting && !cache.LocalPays(CacheType.Prediction);

    /// <summary>Refuses one text of a caller who wants an answer now, and counts it.</summary>
    /// <param name="refused">Why, and when to come again.</param>
    /// <returns>False when it may be let in or wait: the pipeline decides.</returns>
    public bool TryRefuse([NotNullWhen(true)] out PredictionOutcome.Refused? refused)
    {
        if (!gate.TryRefuse(out var admission))
        {
            refused = null;
            return false;
        }

        refused = PredictionOutcome.Refused.By(admission.Refusal!.Value, admission.RetryAfter);
        metrics.Finished([refused]);
        return true;
    }
}
