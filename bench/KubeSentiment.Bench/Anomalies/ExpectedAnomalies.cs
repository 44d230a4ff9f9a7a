namespace KubeSentiment.Bench.Anomalies;

/// <summary>What should be found in a text, told without the detector: by the plan, by the service's own answer, and by the lengths of the whole stream.</summary>
/// <remarks>
/// Real texts have oddities of their own. Those that follow from the answer (close calls, sure negatives, truncation) and from length are worked out here, with the
/// service's default thresholds; whether a real text is garbled nobody planned, so each such finding counts as wrong.
/// </remarks>
internal sealed class ExpectedAnomalies
{
    private const double NegativeConfidence = 0.99;
    private const double Margin = 0.1;
    private const double Deviations = 4;
    private const double LeastDeviation = 0.5;

    private readonly double _mean;
    private readonly double _deviation;

    public ExpectedAnomalies(IReadOnlyCollection<PlannedText> stream)
    {
        var logarithms = stream.Select(text => Math.Log(text.Text.Length)).ToList();
        _mean = logarithms.Average();
        _deviation = Math.Max(LeastDeviation, Math.Sqrt(logarithms.Average(logarithm => Math.Pow(logarithm - _mean, 2))));
    }

    public static IReadOnlyList<string> Types { get; } = ["high_confidence_negative", "low_confidence", "out_of_vocabulary", "truncated", "unusual_length"];

    public HashSet<string> Of(PlannedText text, InspectedText answer)
    {
        HashSet<string> expected = [.. text.Kind?.Types ?? []];
        Add("high_confidence_negative", answer.Label == "NEGATIVE" && answer.Scores[0] >= NegativeConfidence);
        Add("low_confidence", answer.Scores[0] - answer.Scores[1] < Margin);
        Add("truncated", answer.Truncated);
        Add("unusual_length", Math.Abs(Math.Log(text.Text.Length) - _mean) >= Deviations * _deviation);
        return expected;

        void Add(string type, bool holds)
        {
            if (holds)
            {
                expected.Add(type);
            }
        }
    }
}
