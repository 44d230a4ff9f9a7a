using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Api.Contracts;

/// <summary>A text to score.</summary>
/// <remarks>Requests are read by setters: by a constructor the serializer first gathers the arguments, which takes it twice as long.</remarks>
internal sealed record PredictRequest
{
    /// <summary>1 to 10,000 characters (<c>MLOPS_MAX_TEXT_LENGTH</c>), not only white space.</summary>
    [Required]
    public string? Text { get; set => field = DoubleFieldException.Once(field, value); }
}

/// <summary>The sentiment of a text.</summary>
/// <param name="Label">The label with the highest score.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Scores">A score for each label of the model; they sum to 1.</param>
/// <param name="PredictionId">Names this answer, in feedback for one.</param>
/// <param name="InferenceTimeMs">How long the run of the model took that held the text; of both runs where the fast model was not sure.</param>
/// <param name="QueueTimeMs">How long the text waited for its runs.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelVersion">The model's fingerprint: a hash of its files, and of the rule by which two graphs share the texts.</param>
/// <param name="Backend">What ran the model.</param>
/// <param name="Stage">Who gave the answer, remembered or not: "fast" for the fast model, which was sure of it, "full" for the full one.</param>
/// <param name="Brownout">True when the fast model's answer was kept only because the service had too much to do; left out otherwise.</param>
/// <param name="TextLength">Length of the text in Unicode code points.</param>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">True when the text had more tokens than the model reads: the answer is about its beginning.</param>
/// <param name="Cached">False when the model was run for this answer; "l1" when this replica remembered it, "l2" when Redis did.</param>
/// <param name="Anomalies">What is odd about the prediction; empty when nothing is.</param>
internal sealed record PredictResponse(
    string Label,
    float Score,
    IReadOnlyDictionary<string, float> Scores,
    Guid PredictionId,
    double InferenceTimeMs,
    double QueueTimeMs,
    string ModelName,
    string ModelVersion,
    string Backend,
    string Stage,
    bool? Brownout,
    int TextLength,
    int Tokens,
    bool Truncated,
    [property: JsonConverter(typeof(AnswerSourceConverter))] AnswerSource Cached,
    IReadOnlyList<AnomalyAnswer> Anomalies);
