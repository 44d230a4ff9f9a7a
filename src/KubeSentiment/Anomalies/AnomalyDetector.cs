namespace KubeSentiment.Anomalies;

/// <summary>Finds what is odd about a prediction.</summary>
/// <remarks>
/// <para>Each type has a threshold, and a score that says how far past it the prediction is: from 0 at the threshold to 1 at the far end.</para>
/// <list type="bullet">
/// <item><b>high_confidence_negative</b>: the score of a negative label, from the threshold to 1.</item>
/// <item><b>low_confidence</b>: how much of the allowed margin between the first two labels is missing; 1 is a tie.</item>
/// <item><b>out_of_vocabulary</b>: the share of words that the model cannot read, from the threshold to all.</item>
/// <item><b>truncated</b>: the share of the text that the model did not read, from the threshold to all; an estimate, at <see cref="UnitsPerToken"/> a token.</item>
/// <item><b>unusual_length</b>: the deviations beyond the threshold, as a share of all; see <see cref="LengthStatistics"/>.</item>
/// </list>
/// <para>The same predictions in the same order give the same anomalies. A prediction that is not odd costs some tens of nanoseconds and no memory.</para>
/// </remarks>
internal sealed class AnomalyDetector
{
    /// <summary>Characters of a long English text a token: 4.5 on average over IMDB reviews.</summary>
    public const float UnitsPerToken = 4.5f;

    private readonly bool[] _wanted = new bool[AnomalyTypes.All.Count];
    private readonly string[] _negativeLabels;
    private readonly float _negativeConfidence;
    private readonly float _margin;
    private readonly float _unreadable;
    private readonly float _unread;
    private readonly float _deviations;

    // Interlocked, by type.
    private readonly long[] _detected = new long[AnomalyTypes.All.Count];

    public AnomalyDetector(AnomalyOptions options, AnomalyMetrics metrics)
    {
        foreach (var name in options.Types)
        {
            _wanted[AnomalyTypes.TryParse(name, out var type) ? (int)type : throw new ArgumentException($"{name} is no type of anomaly.", nameof(options))] = true;
        }

        _negativeLabels = [.. options.NegativeLabels];
        _negativeConfidence = (float)options.NegativeConfidence;
        _margin = (float)options.LowConfidenceMargin;
        _unreadable = (float)options.OutOfVocabularyShare;
        _unread = (float)options.TruncatedShare;
        _deviations = (float)options.UnusualLengthDeviations;
        Lengths = new LengthStatistics(options.UnusualLengthWindow);
        metrics.Observe(this);
    }

    /// <summary>How long the texts were.</summary>
    public LengthStatistics Lengths { get; }

    /// <summary>How often a type was found since the start.</summary>
    public long Detected(AnomalyType type) => Interlocked.Read(ref _detected[(int)type]);

    /// <summary>Finds what is odd about a prediction.</summary>
    /// <returns>At most one anomaly of each type; shared and empty where nothing is odd.</returns>
    public IReadOnlyList<Anomaly> Inspect(in PredictionFacts facts)
    {
        // Always, so that the statistics are of all texts.
        var off = MathF.Abs(Lengths.Observe(facts.Length));
        var found = new Findings(stackalloc Anomaly[_detected.Length]);
        if (facts.Score >= _negativeConfidence && Wants(AnomalyType.HighConfidenceNegative) && IsNegative(facts.Label))
        {
            found.Add(AnomalyType.HighConfidenceNegative, Beyond(facts.Score, _negativeConfidence));
        }

        if (facts.Margin < _margin && Wants(AnomalyType.LowConfidence))
        {
            found.Add(AnomalyType.LowConfidence, 1 - (facts.Margin / _margin));
        }

        if (facts.UnreadableShare >= _unreadable && Wants(AnomalyType.OutOfVocabulary))
        {
            found.Add(AnomalyType.OutOfVocabulary, Beyond(facts.UnreadableShare, _unreadable));
        }

        if (facts.Truncated && Wants(AnomalyType.Truncated) && UnreadOf(facts) is var unread && unread >= _unread)
        {
            found.Add(AnomalyType.Truncated, Beyond(unread, _unread));
        }

        if (off >= _deviations && Wants(AnomalyType.UnusualLength))
        {
            found.Add(AnomalyType.UnusualLength, 1 - (_deviations / off));
        }

        return found.Count == 0 ? [] : Count(found);
    }

    /// <summary>The way from the threshold to 1 that the value has gone.</summary>
    private static float Beyond(float value, float threshold) => threshold < 1 ? (value - threshold) / (1 - threshold) : 1;

    private static float UnreadOf(in PredictionFacts facts) => MathF.Max(0, 1 - (facts.Tokens * UnitsPerToken / facts.Length));

    private bool Wants(AnomalyType type) => _wanted[(int)type];

    private bool IsNegative(string label)
    {
        foreach (var negative in _negativeLabels)
        {
            if (label.Equals(negative, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private Anomaly[] Count(Findings findings)
    {
        var found = findings.ToArray();
        foreach (var anomaly in found)
        {
            Interlocked.Increment(ref _detected[(int)anomaly.Type]);
        }

        return found;
    }

    /// <summary>Collects on the stack.</summary>
    private ref struct Findings(Span<Anomaly> space)
    {
        private readonly Span<Anomaly> _space = space;

        public int Count { get; private set; }

        public void Add(AnomalyType type, float score) => _space[Count++] = new Anomaly(type, Math.Clamp(score, 0, 1));

        public readonly Anomaly[] ToArray() => _space[..Count].ToArray();
    }
}
