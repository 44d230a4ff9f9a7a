using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api.Contracts;

/// <summary>Texts to score in one call.</summary>
internal sealed record PredictBatchRequest
{
    /// <summary>1 to 1,000 texts (<c>MLOPS_MAX_BATCH_TEXTS</c>), each as for a single prediction.</summary>
    [Required]
    public IReadOnlyList<string?>? Texts { get; set => field = DoubleFieldException.Once(field, value); }
}

/// <summary>The answers to a batch.</summary>
/// <param name="Results">One a text, in the order of the request.</param>
/// <param name="TotalTexts">How many texts came.</param>
/// <param name="Succeeded">How many were scored.</param>
/// <param name="Failed">How many have an error in place of a score.</param>
/// <param name="CachedTexts">How many were remembered, here or in Redis.</param>
/// <param name="ProcessingTimeMs">From the parsed request to the last answer.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelVersion">The model's fingerprint: a hash of its files.</param>
/// <param name="Backend">What ran the model.</param>
internal sealed record PredictBatchResponse(
    IReadOnlyList<PredictBatchResult> Results,
    int TotalTexts,
    int Succeeded,
    int Failed,
    int CachedTexts,
    double ProcessingTimeMs,
    string ModelName,
    string ModelVersion,
    string Backend);

/// <summary>One text's answer, or what went wrong with it; fields are as for a single prediction.</summary>
internal sealed record PredictBatchResult
{
    public string? Label { get; init; }

    public float? Score { get; init; }

    public IReadOnlyDictionary<string, float>? Scores { get; init; }

    public Guid? PredictionId { get; init; }

    public double? InferenceTimeMs { get; init; }

    public double? QueueTimeMs { get; init; }

    public string? Stage { get; init; }

    public bool? Brownout { get; init; }

    public int? TextLength { get; init; }

    public int? Tokens { get; init; }

    public bool? Truncated { get; init; }

    [JsonConverter(typeof(AnswerSourceConverter))]
    public AnswerSource? Cached { get; init; }

    public IReadOnlyList<AnomalyAnswer>? Anomalies { get; init; }

    /// <summary>Set when the text was not scored; then nothing else is.</summary>
    public TextError? Error { get; init; }
}

/// <summary>Why one text of a batch was not scored.</summary>
/// <param name="ErrorCode">As in a single request's problem.</param>
/// <param name="Message">What to do about it.</param>
internal sealed record TextError(string ErrorCode, string Message);
