using System.ComponentModel;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Caching;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeSentiment.Api;

/// <summary>The cache, looked at and changed over HTTP.</summary>
internal static class CacheEndpoints
{
    private static readonly CacheNamespaceAttribute Namespaces = new();

    public static Ok<CacheStats> Stats(SentimentCache cache)
    {
        var statistics = cache.GetStatistics();
        return TypedResults.Ok(new CacheStats(
            statistics.Enabled,
            statistics.HitRatePercent,
            [.. statistics.Levels.Select(level => new CacheLevelStats(
                level.Level, level.Type, level.Hits, level.Misses, level.HitRatePercent, level.Sets, level.Errors, level.Evictions, level.Entries, level.Bytes))],
            statistics.Redis is { } redis
                ? new SharedCacheStats(
                    redis.Breaker.Word(), redis.Connections, redis.QueuedWrites, redis.WriteQueueCapacity, redis.DroppedWrites, redis.SkippedLookups, redis.SparedLookups)
                : null));
    }

    public static async Task<Ok<CacheHealthAnswer>> Health(SentimentCache cache, CancellationToken cancellationToken)
    {
        var health = await cache.CheckHealthAsync(cancellationToken);
        return TypedResults.Ok(new CacheHealthAnswer(
            health.Healthy ? "healthy" : "degraded", health.Message, health.Latency is { } latency ? AnswerStamp.Milliseconds(latency) : null));
    }

    public static async Task<Results<Ok<WarmCacheResponse>, ProblemResult>> Warm(
        JsonBody<WarmCacheRequest> body, SentimentPipeline pipeline, Outcomes outcomes, ApiOptions options, HttpContext context)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        if (RequestJson.TextsProblem(body.Value!.Texts, options.MaxBatchTexts) is { } wrong)
        {
            return wrong;
        }

        var answers = await pipeline.PredictAsync(
            [.. body.Value.Texts!.Select(text => text ?? "")], TextNames.OfRequest(context.TraceIdentifier), context.RequestAborted);
        outcomes.LogFailures(answers, context.TraceIdentifier);
        var predicted = answers.OfType<PredictionOutcome.Predicted>().ToList();
        var computed = predicted.Count(answer => answer.Prediction.Origin.Source == AnswerSource.Model);
        return TypedResults.Ok(new WarmCacheResponse(answers.Length, computed, predicted.Count - computed, answers.Length - predicted.Count));
    }

    public static async Task<Results<Ok<ClearCacheResponse>, ProblemResult>> Clear(
        SentimentCache cache, [Description("The namespace to empty; the service's own when it is left out.")] string? @namespace, CancellationToken cancellationToken)
    {
        if (@namespace is not null && !Namespaces.Holds(@namespace))
        {
            return ProblemResult.OfQuery("namespace", $"The namespace must be {Namespaces.Allowed}.");
        }

        var clearance = await cache.ClearAsync(@namespace, cancellationToken);
        return TypedResults.Ok(new ClearCacheResponse(@namespace ?? cache.OwnNamespace, clearance.Memory, clearance.Redis, clearance.Complete));
    }
}
