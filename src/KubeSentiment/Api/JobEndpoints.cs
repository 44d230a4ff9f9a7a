using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Jobs;
using KubeSentiment.Pipeline;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KubeSentiment.Api;

/// <summary>Background jobs over HTTP. Their ids cannot be guessed, so who knows one may read and cancel the job.</summary>
internal static class JobEndpoints
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 1_000;
    private const int ShortestTimeout = 10;
    private const int LongestTimeout = 3_600;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>A bound is not reached for a moment only: jobs take a while.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    /// <summary>The one place where jobs that are off, or whose Redis is away, become an answer.</summary>
    public static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!context.HttpContext.RequestServices.GetRequiredService<JobOptions>().Enabled)
        {
            return Off();
        }

        try
        {
            return await next(context);
        }
        catch (JobStoreException e)
        {
            return new ProblemResult(ApiError.JobsUnavailable, $"{e.Message} Jobs that were taken on go on when it is back.", retryAfter: Soon);
        }
    }

    public static async Task<Results<Accepted<JobAnswer>, ProblemResult>> Submit(
        JobBody body,
        [Description("low, medium (the default) or high. One in the body goes first.")] string? priority,
        [FromQuery(Name = "timeout_seconds"), Range(ShortestTimeout, LongestTimeout), Description("How long the job may take. One in the body goes first.")] int? timeoutSeconds,
        BatchJobs jobs)
    {
        if (body.Problem is { } problem)
        {
            return problem;
        }

        var word = body.Priority ?? priority ?? JobPriority.Medium.Word();
        if (!JobPriorities.TryParse(word, out var wanted))
        {
            return Wrong("priority", body.Priority is not null, "The priority must be low, medium or high.");
        }

        var seconds = body.TimeoutSeconds ?? timeoutSeconds;
        if (seconds is < ShortestTimeout or > LongestTimeout)
        {
            return Wrong("timeout_seconds", body.TimeoutSeconds is not null, $"The timeout must be {ShortestTimeout} to {LongestTimeout} seconds.");
        }

        var (job, refusal) = await jobs.SubmitAsync(body.Texts!, wanted.Value, seconds is { } given ? TimeSpan.FromSeconds(given) : null);
        return job is null ? Full(refusal!.Value) : TypedResults.Accepted($"{ApiRoutes.Prefix}/batch/status/{job.Id}", Answer(job));
    }

    public static async Task<Results<Ok<JobAnswer>, ProblemResult>> Status(string id, BatchJobs jobs) =>
        TryParse(id, out var parsed) && await jobs.FindAsync(parsed) is { } job ? TypedResults.Ok(Answer(job)) : NoSuchJob();

    public static async Task<Results<Ok<JobAnswer>, ProblemResult>> Cancel(string id, BatchJobs jobs) =>
        TryParse(id, out var parsed) && await jobs.CancelAsync(parsed) is { } job ? TypedResults.Ok(Answer(job)) : NoSuchJob();

    public static async Task<Results<Ok<JobResultsAnswer>, ProblemResult>> Results(
        string id,
        [Range(1, int.MaxValue), Description("The page; by default the first, 1.")] int? page,
        [FromQuery(Name = "page_size"), Range(1, MaxPageSize), Description("Results on a page; by default 100.")] int? pageSize,
        BatchJobs jobs,
        Outcomes outcomes,
        AnswerStamp stamp)
    {
        if (page is < 1)
        {
            return ProblemResult.OfQuery("page", "The page must be 1 or more.");
        }

        if (pageSize is < 1 or > MaxPageSize)
        {
            return ProblemResult.OfQuery("page_size", $"The page size must be 1 to {MaxPageSize}.");
        }

        if (!TryParse(id, out var parsed) || await jobs.FindAsync(parsed) is not { } job)
        {
            return NoSuchJob();
        }

        if (!job.State.IsEnd())
        {
            return new ProblemResult(
                ApiError.ResultsNotReady, $"The job is {job.State.Word()}: {job.DoneTexts} of {job.TotalTexts} texts have a result.", retryAfter: Soon);
        }

        var (number, size) = (page ?? 1, pageSize ?? DefaultPageSize);
        var first = (int)Math.Min((number - 1L) * size, job.TotalTexts);
        var (results, versions) = await jobs.ReadAsync(job, first, size);
        return TypedResults.Ok(new JobResultsAnswer(
            job.Id,
            job.State.Word(),
            number,
            size,
            (job.TotalTexts + size - 1) / size,
            job.TotalTexts,
            first,
            [.. results.Select(result => Answer(result, job, outcomes))],
            stamp.ModelName,
            versions));
    }

    public static Ok<JobMetricsAnswer> Metrics(JobMetrics metrics) => TypedResults.Ok(new JobMetricsAnswer(
        metrics.TotalSubmitted,
        metrics.TotalSubmittedTexts,
        JobBounds.All.ToDictionary(bound => bound.Word(), metrics.TotalRefused),
        JobStates.Ends.ToDictionary(state => state.Word(), metrics.TotalEnded),
        metrics.TotalPredicted,
        metrics.TotalFailed,
        metrics.TotalChunks,
        metrics.TotalTakenOver,
        metrics.TotalRepeated));

    public static async Task<Ok<JobQueueAnswer>> Queue(IJobStore store, JobOptions options)
    {
        var figures = await store.MeasureAsync();
        return TypedResults.Ok(new JobQueueAnswer(
            store.Name,
            figures.UnfinishedJobs,
            options.MaxJobs,
            figures.KeptJobs,
            figures.WaitingTexts.Values.Sum(),
            options.MaxTexts,
            JobPriorities.All.ToDictionary(priority => priority.Word(), priority => figures.WaitingTexts[priority]),
            figures.Bytes,
            options.MaxBytes));
    }

    public static ProblemResult Off() => new(ApiError.JobsOff, "Start the service with MLOPS_ASYNC_BATCH_ENABLED=true.");

    public static ProblemResult Full(JobBound bound) => new(
        ApiError.JobQueueFull,
        bound switch
        {
            JobBound.Jobs => "As many jobs have not ended as may (MLOPS_ASYNC_BATCH_MAX_JOBS).",
            JobBound.Texts => "As many texts of jobs wait as may (MLOPS_ASYNC_BATCH_MAX_TEXTS).",
            _ => "Texts and results of jobs take as many bytes as they may (MLOPS_ASYNC_BATCH_MAX_BYTES).",
        },
        retryAfter: Later);

    public static ProblemResult TooLarge(long most) => new(
        ApiError.BodyTooLarge,
        $"A job may count for at most {most} bytes (MLOPS_ASYNC_BATCH_MAX_BYTES): its texts in UTF-8, {NewJob.BytesOfResult} for each result and {NewJob.BytesOfJob} beside. Send fewer texts at once.");

    private static bool TryParse(string id, out Guid parsed) => Guid.TryParseExact(id, "D", out parsed);

    private static ProblemResult NoSuchJob() => new(ApiError.NoSuchJob, "No job has this id: it was never taken on, or is forgotten by now.");

    private static ProblemResult Wrong(string field, bool inBody, string message) => inBody
        ? RequestJson.Problem(ApiError.InvalidInput, [field], message, $"{field}_invalid")
        : ProblemResult.OfQuery(field, message);

    private static JobAnswer Answer(Job job) => new(
        job.Id,
        job.State.Word(),
        job.Priority.Word(),
        job.TotalTexts,
        job.DoneTexts,
        job.FailedTexts,
        job.ProgressPercentage,
        job.CreatedAt,
        job.StartedAt,
        job.FinishedAt,
        job.KeptUntil ?? job.Deadline,
        job.Reason);

    private static PredictBatchResult Answer(JobResult result, Job job, Outcomes outcomes)
    {
        if (result.Prediction is { } prediction)
        {
            return PredictEndpoints.Answer(prediction, result.TextLength);
        }

        return PredictEndpoints.Answer(result.End switch
        {
            JobTextEnd.Empty => outcomes.Problem(new PredictionOutcome.Rejected(TextFault.Empty)),
            JobTextEnd.TooLong => outcomes.Problem(new PredictionOutcome.Rejected(TextFault.TooLong)),
            JobTextEnd.Failed => new ProblemResult(ApiError.InferenceFailed, "The model failed on this text. The service's log has the reason under the job's id."),
            _ => new ProblemResult(
                ApiError.TextNotScored, job.State == JobState.Completed ? "The result is lost." : $"The job ended as {job.State.Word()} before this text was scored."),
        });
    }
}
