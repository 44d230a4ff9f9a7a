using System.Text;
using System.Text.Json;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using KubeSentiment.Streaming;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeSentiment.Api;

/// <summary>Feedback over HTTP, into Kafka.</summary>
internal static class FeedbackEndpoints
{
    private const int LongestId = 200;
    private const int LongestComments = 10_000;

    public static async Task<Results<Created<FeedbackResponse>, ProblemResult>> Feedback(
        JsonBody<FeedbackRequest> body,
        [FromServices] FeedbackTopic? topic,
        SentimentModel model,
        AnswerStamp stamp,
        PipelineOptions options,
        TimeProvider time)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        var request = body.Value!;
        if (Wrong(request, model.Folder.Labels, options.MaxTextLength) is { } wrong)
        {
            return wrong;
        }

        if (topic is null)
        {
            return KafkaEndpoints.Off();
        }

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var message = new FeedbackMessage(
            id,
            request.PredictionId!,
            request.CorrectedLabel!,
            request.Text,
            request.Score,
            request.UserId,
            request.Comments,
            stamp.ModelName,
            stamp.ModelVersion,
            now);
        var wait = await topic.WriteAsync(Encoding.UTF8.GetBytes(request.PredictionId!), JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Default.FeedbackMessage));
        return wait is { } retryAfter
            ? new ProblemResult(ApiError.KafkaUnavailable, "The feedback is not kept. The service's log has the reason.", retryAfter: retryAfter)
            : TypedResults.Created((string?)null, new FeedbackResponse(id, request.PredictionId!, request.CorrectedLabel!, now));
    }

    /// <summary>The first field that is wrong.</summary>
    private static ProblemResult? Wrong(FeedbackRequest request, IReadOnlyList<string> labels, int maxTextLength) => request switch
    {
        { PredictionId: null } => JsonBody.Missing("prediction_id"),
        { CorrectedLabel: null } => JsonBody.Missing("corrected_label"),
        { PredictionId.Length: 0 or > LongestId } => Problem("prediction_id", $"The field must have 1 to {LongestId} characters.", "length"),
        _ when !labels.Contains(request.CorrectedLabel) => Problem("corrected_label", $"The label must be one of the model's: {string.Join(", ", labels)}.", "label_unknown"),
        { Text: { } text } when TextRules.Length(text) > maxTextLength => Problem("text", $"The text may have at most {maxTextLength} characters.", "length"),
        { Score: { } score } when score is not (>= 0 and <= 1) => Problem("score", "The score must be from 0 to 1.", "range"),
        { UserId.Length: > LongestId } => Problem("user_id", $"The field may have at most {LongestId} characters.", "length"),
        { Comments.Length: > LongestComments } => Problem("comments", $"The field may have at most {LongestComments} characters.", "length"),
        _ => null,
    };

    private static ProblemResult Problem(string field, string message, string type) => RequestJson.Problem(ApiError.InvalidInput, [field], message, type);
}
