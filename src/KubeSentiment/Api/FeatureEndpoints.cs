using KubeSentiment.Api.Contracts;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>Sentence vectors over HTTP.</summary>
internal static class FeatureEndpoints
{
    public static async Task<Results<Ok<FeaturesResponse>, ProblemResult>> Features(
        JsonBody<FeaturesRequest> body, SentimentPipeline pipeline, Outcomes outcomes, AnswerStamp stamp, HttpContext context)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        if (body.Value!.Text is not { } text)
        {
            return JsonBody.Missing("text");
        }

        var outcome = (await pipeline.ExtractFeaturesAsync([text], context.RequestAborted))[0];
        if (outcome is not PredictionOutcome.Featured(var vector, var cost))
        {
            outcomes.LogFailures([outcome], context.TraceIdentifier);
            return outcomes.Problem(outcome);
        }

        stamp.SetHeaders(context.Response, cost.InferenceTime);
        return TypedResults.Ok(new FeaturesResponse(
            vector,
            vector.Count,
            AnswerStamp.Milliseconds(cost.InferenceTime),
            AnswerStamp.Milliseconds(cost.QueueTime),
            stamp.ModelName,
            stamp.ModelVersion,
            stamp.Backend,
            TextRules.Length(text),
            cost.Tokens,
            cost.Truncated,
            Cached: false));
    }
}
