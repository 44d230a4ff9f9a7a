using System.Diagnostics.CodeAnalysis;

namespace KubeSentiment.Anomalies;

/// <summary>The names of the types, in answers, settings and metrics.</summary>
internal static class AnomalyTypes
{
    public static readonly IReadOnlyList<AnomalyType> All =
    [
        AnomalyType.HighConfidenceNegative, AnomalyType.LowConfidence, AnomalyType.OutOfVocabulary, AnomalyType.Truncated, AnomalyType.UnusualLength,
    ];

    public static readonly IReadOnlyList<string> Names = [.. All.Select(type => type.Name())];

    public static string Name(this AnomalyType type) => type switch
    {
        AnomalyType.HighConfidenceNegative => "high_confidence_negative",
        AnomalyType.LowConfidence => "low_confidence",
        AnomalyType.OutOfVocabulary => "out_of_vocabulary",
        AnomalyType.Truncated => "truncated",
        AnomalyType.UnusualLength => "unusual_length",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static bool TryParse(string name, [NotNullWhen(true)] out AnomalyType? type)
    {
        type = null;
        foreach (var candidate in All)
        {
            if (candidate.Name().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                type = candidate;
            }
        }

        return type is not null;
    }
}
