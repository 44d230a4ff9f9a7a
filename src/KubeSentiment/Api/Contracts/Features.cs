using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api.Contracts;

/// <summary>A text to turn into a vector.</summary>
internal sealed record FeaturesRequest
{
    /// <summary>1 to 10,000 characters (<c>MLOPS_MAX_TEXT_LENGTH</c>), not only white space.</summary>
    [Required]
    public string? Text { get; set => field = DoubleFieldException.Once(field, value); }
}

/// <summary>The pooled sentence vector of a text: the mean of the model's last layer over its tokens.</summary>
/// <param name="Features">The vector.</param>
/// <param name="Dimensions">Its length.</param>
/// <param name="InferenceTimeMs">How long the run of the model took that held the text.</param>
/// <param name="QueueTimeMs">How long the text waited for that run.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelVersion">The model's fingerprint: a hash of its files.</param>
/// <param name="Backend">What ran the model.</param>
/// <param name="TextLength">Length of the text in Unicode code points.</param>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">True when the text had more tokens than the model reads.</param>
/// <param name="Cached">False when the model was run for this answer; "l1" when this replica remembered it, "l2" when Redis did.</param>
internal sealed record FeaturesResponse(
    IReadOnlyList<float> Features,
    int Dimensions,
    double InferenceTimeMs,
    double QueueTimeMs,
    string ModelName,
    string ModelVersion,
    string Backend,
    int TextLength,
    int Tokens,
    bool Truncated,
    [property: JsonConverter(typeof(AnswerSourceConverter))] AnswerSource Cached);
