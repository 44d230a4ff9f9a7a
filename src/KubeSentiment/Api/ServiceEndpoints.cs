using KubeSentiment.Api.Contracts;
using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using KubeSentiment.Observability;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>What the service is and which model it runs.</summary>
internal static class ServiceEndpoints
{
    public static Results<Ok<ServiceInfo>, ContentHttpResult> Root(ServiceOptions options, Readiness readiness, HttpContext context)
    {
        context.Response.Headers.Vary = "Accept";
        return context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? Playground.Page(context.Response)
            : TypedResults.Ok(new ServiceInfo(
                options.AppName, options.AppVersion, options.Environment, Word(readiness.State), ApiRoutes.Documentation, "/health"));
    }

    public static Ok<ModelInfo> ModelInfo(SentimentModel model, AnswerStamp stamp, Readiness readiness) => TypedResults.Ok(new ModelInfo(
        stamp.ModelName,
        stamp.ModelVersion,
        model.Folder.ModelType,
        stamp.Backend,
        model.Folder.Labels,
        model.Folder.MaxTokens,
        model.EmbeddingSize,
        model.Rule is { } rule ? new CascadeInfo(rule.Threshold, rule.Floor, rule.MaxTokens == 0 ? null : rule.MaxTokens) : null,
        Word(readiness.State)));

    public static string Word(ReadinessState state) => state switch
    {
        ReadinessState.Starting => "starting",
        ReadinessState.Ready => "ready",
        _ => "draining",
    };
}
