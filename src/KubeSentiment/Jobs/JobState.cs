namespace KubeSentiment.Jobs;

/// <summary>How far a job is. The last four are ends.</summary>
internal enum JobState
{
    /// <summary>Nobody has begun.</summary>
    Pending,

    /// <summary>Some of it is being scored, or has been.</summary>
    Processing,

    /// <summary>Every text has its result, be it an error of its own.</summary>
    Completed,

    /// <summary>It cannot be finished.</summary>
    Failed,

    /// <summary>Somebody called it off.</summary>
    Cancelled,

    /// <summary>Its timeout passed first.</summary>
    Expired,
}

/// <summary>The words for states, in answers, metrics and Redis.</summary>
internal static class JobStates
{
    public static readonly IReadOnlyList<JobState> Ends = [JobState.Completed, JobState.Failed, JobState.Cancelled, JobState.Expired];

    public static string Word(this JobState state) => state switch
    {
        JobState.Pending => "pending",
        JobState.Processing => "processing",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        JobState.Expired => "expired",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static JobState Parse(string word) => word switch
    {
        "pending" => JobState.Pending,
        "processing" => JobState.Processing,
        "completed" => JobState.Completed,
        "failed" => JobState.Failed,
        "cancelled" => JobState.Cancelled,
        "expired" => JobState.Expired,
        _ => throw new FormatException($"'{word}' is no state of a job."),
    };

    public static bool IsEnd(this JobState state) => state >= JobState.Completed;
}
