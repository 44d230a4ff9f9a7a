namespace KubeSentiment.Api.Contracts;

/// <summary>What a text's label should have been.</summary>
/// <param name="PredictionId">The answer's <c>prediction_id</c>, at most 200 characters.</param>
/// <param name="CorrectedLabel">One of the model's labels.</param>
/// <param name="Text">The text, at most 10,000 characters (<c>MLOPS_MAX_TEXT_LENGTH</c>).</param>
/// <param name="Score">The answer's score, 0..1.</param>
/// <param name="UserId">Who says so, at most 200 characters.</param>
/// <param name="Comments">Why, at most 10,000 characters.</param>
internal sealed record FeedbackRequest(string? PredictionId, string? CorrectedLabel, string? Text, double? Score, string? UserId, string? Comments);

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
