using System.Diagnostics;

namespace KubeSentiment.Jobs;

/// <summary>What happens to jobs, counted and logged; never a text.</summary>
internal sealed partial class JobEvents(JobMetrics metrics, ILogger<JobEvents> logger)
{
    /// <summary>The attribute that leads from the trace of who brought a job to those of its chunks, which are traces of their own.</summary>
    public const string JobId = "sentiment.job.id";

    public void Submitted(Job job)
    {
        Activity.Current?.SetTag(JobId, job.Id);
        metrics.Submitted(job);
        TakenOn(logger, job.Id, job.TotalTexts, job.Priority.Word(), job.Timeout.TotalSeconds);
    }

    public void Refused(JobBound bound) => metrics.Refused(bound);

    public void Ended(Guid id, JobState state, string? reason)
    {
        metrics.Ended(state);
        if (state == JobState.Failed)
        {
            HasFailed(logger, id, reason);
        }
        else
        {
            HasEnded(logger, id, state.Word());
        }
    }

    public void Completed(int predicted, int failed, TimeSpan duration) => metrics.Completed(predicted, failed, duration);

    public void Repeated(JobChunk chunk)
    {
        metrics.Repeated();
        ScoredTwice(logger, chunk.Job.Id, chunk.Index);
    }

    public void TookOver(JobChunk chunk)
    {
        metrics.TakenOver();
        TakenOver(logger, chunk.Job.Id, chunk.Index, chunk.Attempt);
    }

    public void GaveBack(JobChunk chunk)
    {
        metrics.GivenBack();
        GivenBack(logger, chunk.Job.Id, chunk.Index);
    }

    public void TextsFailed(JobChunk chunk, int failed, Exception cause) => ModelFailed(logger, chunk.Job.Id, failed, chunk.Count, chunk.Index, cause);

    public void WorkerFailed(Exception cause) => Stumbled(logger, cause);

    public void StoreLost(string reason) => StoreAway(logger, reason);

    public void StoreFound() => StoreBack(logger);

    [LoggerMessage(EventId = 900, Level = LogLevel.Information, Message = "Job {Id} is taken on: {Texts} texts, priority {Priority}, {Seconds} s at most")]
    private static partial void TakenOn(ILogger logger, Guid id, int texts, string priority, double seconds);

    [LoggerMessage(EventId = 901, Level = LogLevel.Information, Message = "Job {Id} has ended: {State}")]
    private static partial void HasEnded(ILogger logger, Guid id, string state);

    [LoggerMessage(EventId = 902, Level = LogLevel.Warning, Message = "Job {Id} has failed: {Reason}")]
    private static partial void HasFailed(ILogger logger, Guid id, string? reason);

    [LoggerMessage(EventId = 903, Level = LogLevel.Warning, Message = "Chunk {Chunk} of job {Id} is taken over from a replica that was not heard of (attempt {Attempt})")]
    private static partial void TakenOver(ILogger logger, Guid id, int chunk, int attempt);

    [LoggerMessage(EventId = 904, Level = LogLevel.Information, Message = "Chunk {Chunk} of job {Id} was scored here, but counted before, or not wanted any more")]
    private static partial void ScoredTwice(ILogger logger, Guid id, int chunk);

    [LoggerMessage(EventId = 905, Level = LogLevel.Information, Message = "Chunk {Chunk} of job {Id} is given back: this replica stops")]
    private static partial void GivenBack(ILogger logger, Guid id, int chunk);

    [LoggerMessage(EventId = 906, Level = LogLevel.Error, Message = "Job {Id}: the model failed on {Failed} of {Texts} texts of chunk {Chunk}, more than once")]
    private static partial void ModelFailed(ILogger logger, Guid id, int failed, int texts, int chunk, Exception cause);

    [LoggerMessage(EventId = 907, Level = LogLevel.Warning, Message = "Jobs stand still: {Reason}")]
    private static partial void StoreAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 908, Level = LogLevel.Information, Message = "Jobs go on: their store answers again")]
    private static partial void StoreBack(ILogger logger);

    [LoggerMessage(EventId = 909, Level = LogLevel.Error, Message = "A worker for jobs met a mistake of the service, and goes on")]
    private static partial void Stumbled(ILogger logger, Exception cause);
}
