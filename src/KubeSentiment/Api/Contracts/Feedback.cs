using System.ComponentModel.DataAnnotations;

namespace KubeSentiment.Api.Contracts;

/// <summary>What a text's label should have been.</summary>
internal sealed record FeedbackRequest
{
    /// <summary>The answer's <c>prediction_id</c>, at most 200 characters.</summary>
    [Required]
    public string? PredictionId { get; set => field = DoubleFieldException.Once(field, value); }

    /// <summary>One of the model's labels.</summary>
    [Required]
    public string? CorrectedLabel { get; set => field = DoubleFieldException.Once(field, value); }

    /// <summary>The text, at most 10,000 characters (<c>MLOPS_MAX_TEXT_LENGTH</c>).</summary>
    public string? Text { get; set => field = DoubleFieldException.Once(field, value); }

    /// <summary>The answer's score, 0..1.</summary>
    public double? Score { get; set => field = DoubleFieldException.Once(field, value); }

    /// <summary>Who says so, at most 200 characters.</summary>
    public string? UserId { get; set => field = DoubleFieldException.Once(field, value); }

    /// <summary>Why, at most 10,000 characters.</summary>
    public string? Comments { get; set => field = DoubleFieldException.Once(field, value); }
}

/// <summary>Feedback that has been kept.</summary>
/// <param name="FeedbackId">Its name.</param>
/// <param name="PredictionId">The prediction it is about.</param>
/// <param name="CorrectedLabel">What the label should have been.</param>
/// <param name="ReceivedAt">When it came.</param>
internal sealed record FeedbackResponse(Guid FeedbackId, string PredictionId, string CorrectedLabel, DateTimeOffset ReceivedAt);

/// <summary>Feedback as the topic has it; its key is the prediction's id.</summary>
internal sealed record FeedbackMessage(
    Guid FeedbackId,
    string PredictionId,
    string CorrectedLabel,
    string? Text,
    double? Score,
    string? UserId,
    string? Comments,
    string ModelName,
    string ModelVersion,
    DateTimeOffset ReceivedAt);
