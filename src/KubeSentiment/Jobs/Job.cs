namespace KubeSentiment.Jobs;

/// <summary>What is known of a job at one moment.</summary>
/// <param name="Id">Its name. Nobody can guess it: who knows it may read its results and cancel it.</param>
/// <param name="Priority">Whose turn it is.</param>
/// <param name="TotalTexts">Its texts.</param>
/// <param name="ChunkTexts">Texts in each of its chunks but the last, which may have fewer.</param>
/// <param name="Timeout">How long it may take, from <paramref name="CreatedAt"/> on.</param>
/// <param name="CreatedAt">When it was taken on.</param>
internal sealed record Job(Guid Id, JobPriority Priority, int TotalTexts, int ChunkTexts, TimeSpan Timeout, DateTimeOffset CreatedAt)
{
    public JobState State { get; init; }

    /// <summary>Texts that have a result, be it an error of their own.</summary>
    public int DoneTexts { get; init; }

    /// <summary>Those of them that have an error.</summary>
    public int FailedTexts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it is forgotten; null until it has ended.</summary>
    public DateTimeOffset? KeptUntil { get; init; }

    /// <summary>Why it failed, for users; null otherwise.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset Deadline => CreatedAt + Timeout;

    public int Chunks => (TotalTexts + ChunkTexts - 1) / ChunkTexts;

    public double ProgressPercentage => Math.Round(100.0 * DoneTexts / TotalTexts, 2);
}
