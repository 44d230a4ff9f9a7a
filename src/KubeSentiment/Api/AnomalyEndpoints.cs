using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using KubeSentiment.Anomalies;
using KubeSentiment.Api.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeSentiment.Api;

/// <summary>Odd predictions over HTTP: reviewed and forgotten.</summary>
internal static class AnomalyEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const int Digits = 4;

    public static Results<Ok<AnomaliesAnswer>, ProblemResult> Recent(
        AnomalyBuffer buffer,
        ApiKeyGuard guard,
        HttpContext context,
        [Range(1, MaxLimit), Description("Most entries to give; by default 100.")] int? limit,
        [FromQuery(Name = "min_score"), Range(0.0, 1.0), Description("Least score of the anomaly; by default 0.")] double? minScore,
        [Description("The anomaly's type, as in /anomalies/stats; any when it is left out.")] string? type)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return ProblemResult.OfQuery("limit", $"The limit must be 1 to {MaxLimit}.");
        }

        if (minScore is not (null or (>= 0 and <= 1)))
        {
            return ProblemResult.OfQuery("min_score", "The score must be 0 to 1.");
        }

        AnomalyType? wanted = null;
        if (type is not null && !AnomalyTypes.TryParse(type, out wanted))
        {
            return ProblemResult.OfQuery("type", $"The type must be one of {string.Join(", ", AnomalyTypes.Names)}.");
        }

        var withText = guard.MayReadTexts(context);
        List<OddPredictionAnswer> recent = [.. buffer.GetRecent(limit ?? DefaultLimit, minScore ?? 0, wanted).Select(entry => Answer(entry, withText))];
        return TypedResults.Ok(new AnomaliesAnswer(recent, recent.Count));
    }

    public static Results<Ok<OddPredictionAnswer>, ProblemResult> One(string id, AnomalyBuffer buffer, ApiKeyGuard guard, HttpContext context) =>
        Guid.TryParse(id, out var parsed) && buffer.Get(parsed) is { } entry
            ? TypedResults.Ok(Answer(entry, guard.MayReadTexts(context)))
            : new ProblemResult(ApiError.NoSuchAnomaly, "No odd prediction with this id is kept here: it was not odd, is forgotten, or another replica has it.");

    public static Ok<AnomalyStats> Stats(AnomalyBuffer buffer, AnomalyDetector detector, AnomalyOptions options)
    {
        var statistics = buffer.GetStatistics();
        return TypedResults.Ok(new AnomalyStats(
            options.Enabled,
            statistics.Size,
            statistics.Capacity,
            statistics.Bytes,
            [.. AnomalyTypes.All.Select(type => new AnomalyTypeStats(type.Name(), statistics.Types[type], detector.Detected(type)))],
            statistics.Added,
            statistics.Repeated,
            statistics.EvictedForSize,
            statistics.Expired,
            Math.Round(detector.Lengths.Typical, Digits),
            Math.Round(detector.Lengths.Deviation, Digits),
            statistics.OldestAt,
            statistics.NewestAt));
    }

    public static Ok<ClearAnomaliesResponse> Clear(AnomalyBuffer buffer) => TypedResults.Ok(new ClearAnomaliesResponse(buffer.Clear()));

    /// <summary>The anomalies of a prediction in the words of answers. Most have none.</summary>
    public static IReadOnlyList<AnomalyAnswer> Answers(IReadOnlyList<Anomaly> anomalies) => anomalies.Count == 0
        ? []
        : [.. anomalies.Select(anomaly => new AnomalyAnswer(anomaly.Type.Name(), anomaly.Score))];

    private static OddPredictionAnswer Answer(AnomalyEntry entry, bool withText) => new(
        entry.Id,
        withText ? entry.Text : null,
        entry.TextLength,
        entry.Label,
        entry.Score,
        Answers(entry.Anomalies),
        entry.Source,
        entry.DetectedAt,
        entry.ExpiresAt);
}
