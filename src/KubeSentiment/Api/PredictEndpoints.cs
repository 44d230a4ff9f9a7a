using KubeSentiment.Api.Contracts;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>Predictions over HTTP.</summary>
/// <remarks>Has what it needs from the start: services that a request asks for cost it a scope of its own, which is made and disposed of.</remarks>
internal sealed class PredictEndpoints(SentimentPipeline pipeline, Outcomes outcomes, AnswerStamp stamp, ApiOptions options, TimeProvider time)
{
    public async ValueTask<Results<JsonAnswer<PredictResponse>, ProblemResult>> Predict(JsonBody<PredictRequest> body, HttpContext context)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        if (body.Value!.Text is not { } text)
        {
            return JsonBody.Missing("text");
        }

        var outcome = await pipeline.PredictOneAsync(text, TextNames.OfRequest(context.TraceIdentifier), context.RequestAborted);
        if (outcome is not PredictionOutcome.Predicted(var prediction))
        {
            outcomes.LogFailures([outcome], context.TraceIdentifier);
            return outcomes.Problem(outcome);
        }

        stamp.SetHeaders(context.Response, prediction.Origin.InferenceTime);
        return JsonAnswer.Ok(new PredictResponse(
            prediction.Label,
            prediction.Score,
            prediction.Scores,
            prediction.Id,
            AnswerStamp.Milliseconds(prediction.Origin.InferenceTime),
            AnswerStamp.Milliseconds(prediction.Origin.QueueTime),
            stamp.ModelName,
            stamp.ModelVersion,
            stamp.Backend,
            prediction.Origin.Stage.Word(),
            WhenTrue(prediction.Origin.BrownOut),
            TextRules.Length(text),
            prediction.Origin.Tokens,
            prediction.Origin.Truncated,
            prediction.Origin.Source,
            AnomalyEndpoints.Answers(prediction.Anomalies)));
    }

    public async Task<Results<Ok<PredictBatchResponse>, ProblemResult>> PredictBatch(JsonBody<PredictBatchRequest> body, HttpContext context)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        if (RequestJson.TextsProblem(body.Value!.Texts, options.MaxBatchTexts) is { } wrong)
        {
            return wrong;
        }

        var texts = body.Value.Texts!;
        var started = time.GetTimestamp();
        // A missing text is an empty one to the pipeline: an error of its own, beside the others' answers.
        var answers = await pipeline.PredictAsync(
            [.. texts.Select(text => text ?? "")], TextNames.OfRequest(context.TraceIdentifier), context.RequestAborted);
        outcomes.LogFailures(answers, context.TraceIdentifier);
        // Nothing was scored for want of room: the whole batch should come again, empty texts beside the others or not.
        if (Array.Find(answers, answer => answer is PredictionOutcome.Refused) is { } refused && !Array.Exists(answers, answer => answer is PredictionOutcome.Predicted))
        {
            return outcomes.Problem(refused);
        }

        var elapsed = time.GetElapsedTime(started);
        stamp.SetHeaders(context.Response, elapsed);
        var results = answers.Zip(texts, (answer, text) => Result(answer, text, outcomes)).ToList();
        var failed = results.Count(result => result.Error is not null);
        return TypedResults.Ok(new PredictBatchResponse(
            results,
            results.Count,
            results.Count - failed,
            failed,
            results.Count(result => result.Cached is AnswerSource.L1 or AnswerSource.L2),
            AnswerStamp.Milliseconds(elapsed),
            stamp.ModelName,
            stamp.ModelVersion,
            stamp.Backend));
    }

    /// <summary>What is rare is left out where it is not so.</summary>
    private static bool? WhenTrue(bool value) => value ? true : null;

    private static PredictBatchResult Result(PredictionOutcome outcome, string? text, Outcomes outcomes) =>
        outcome is PredictionOutcome.Predicted(var prediction) ? Answer(prediction, TextRules.Length(text!)) : Answer(outcomes.Problem(outcome));

    /// <summary>What stands in the place of a text's answer.</summary>
    public static PredictBatchResult Answer(ProblemResult problem) => new() { Error = new TextError(problem.Error.Code, problem.Detail) };

    /// <summary>One text's answer among many.</summary>
    public static PredictBatchResult Answer(Prediction prediction, int textLength) => new()
    {
        Label = prediction.Label,
        Score = prediction.Score,
        Scores = prediction.Scores,
        PredictionId = prediction.Id,
        InferenceTimeMs = AnswerStamp.Milliseconds(prediction.Origin.InferenceTime),
        QueueTimeMs = AnswerStamp.Milliseconds(prediction.Origin.QueueTime),
        Stage = prediction.Origin.Stage.Word(),
        Brownout = WhenTrue(prediction.Origin.BrownOut),
        TextLength = textLength,
        Tokens = prediction.Origin.Tokens,
        Truncated = prediction.Origin.Truncated,
        Cached = prediction.Origin.Source,
        Anomalies = AnomalyEndpoints.Answers(prediction.Anomalies),
    };
}
