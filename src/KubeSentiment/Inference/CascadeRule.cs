namespace KubeSentiment.Inference;

/// <summary>Which texts the fast model may answer, and which of its answers are kept.</summary>
/// <param name="Threshold">Top score from which an answer is kept, 0..1.</param>
/// <param name="MaxTokens">Longest text that it may answer; 0 for any.</param>
/// <param name="Floor">How far the threshold falls under pressure; null where it stays.</param>
internal sealed record CascadeRule(float Threshold, int MaxTokens, float? Floor)
{
    /// <summary>Below this pressure the line is as long as lines are now and then, and quality is not traded for speed.</summary>
    private const double CalmPressure = 0.5;

    /// <summary>The rule for a folder.</summary>
    /// <returns>Null where the full model answers alone.</returns>
    public static CascadeRule? Of(CascadeOptions options, ModelFolder folder) =>
        options.Enabled && folder.FastPath is not null && options.Threshold <= 1 ? new((float)options.Threshold, options.MaxTokens, (float?)options.Floor) : null;

    /// <summary>The threshold that holds under a pressure: it begins to fall when the line is half as long as may be, and is at the floor when the next caller would be refused.</summary>
    /// <param name="pressure">From 0, nobody waits, to 1, the next one is refused.</param>
    public float ThresholdAt(double pressure) => Floor is { } floor
        ? Threshold - ((Threshold - floor) * (float)Math.Clamp((pressure - CalmPressure) / (1 - CalmPressure), 0, 1))
        : Threshold;

    /// <summary>Whether the fast model may try.</summary>
    public bool Admits(int tokens) => MaxTokens == 0 || tokens <= MaxTokens;

    /// <summary>The best label's score: the softmax's largest value, rounded as answers show it.</summary>
    public static float TopScore(ReadOnlySpan<float> logits)
    {
        var best = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            best = Math.Max(best, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp((double)logit - best);
        }

        return (float)(1 / sum);
    }
}
