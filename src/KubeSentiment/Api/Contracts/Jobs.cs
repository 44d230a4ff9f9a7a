namespace KubeSentiment.Api.Contracts;

/// <summary>Texts to score in the background.</summary>
/// <param name="Texts">1 to 100,000 texts (<c>MLOPS_ASYNC_BATCH_MAX_BATCH_SIZE</c>), each as for a single prediction.</param>
/// <param name="Priority">low, medium or high; medium when it is left out. Higher ones go first.</param>
/// <param name="TimeoutSeconds">10 to 3600: how long the job may take, waiting included.</param>
internal sealed record JobRequest(IReadOnlyList<string?>? Texts, string? Priority = null, int? TimeoutSeconds = null);

/// <summary>How far a job is.</summary>
/// <param name="JobId">Its name. Nobody can guess it; who knows it may read the results and call the job off.</param>
/// <param name="Status">pending, processing, completed, failed, cancelled or expired.</param>
/// <param name="Priority">low, medium or high.</param>
/// <param name="TotalTexts">Its texts.</param>
/// <param name="ProcessedTexts">Texts that have a result, be it an error of their own.</param>
/// <param name="FailedTexts">Those of them that have an error.</param>
/// <param name="ProgressPercentage">Share of the texts that have a result.</param>
/// <param name="CreatedAt">When it was taken on.</param>
/// <param name="StartedAt">When the first texts were begun.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="ExpiresAt">When it expires if it has not ended, and is forgotten if it has.</param>
/// <param name="Reason">Why it failed.</param>
internal sealed record JobAnswer(
    Guid JobId,
    string Status,
    string Priority,
    int TotalTexts,
    int ProcessedTexts,
    int FailedTexts,
    double ProgressPercentage,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset ExpiresAt,
    string? Reason);

/// <summary>A page of a job's results.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Page">This page, from 1.</param>
/// <param name="PageSize">Results on a page.</param>
/// <param name="TotalPages">Pages there are.</param>
/// <param name="TotalTexts">Texts of the job.</param>
/// <param name="FirstIndex">Place of the first result's text in the job, from 0.</param>
/// <param name="Results">One a text, in the order of the request.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelVersions">The fingerprints of the models that gave these results: two when a new model came while the job ran.</param>
internal sealed record JobResultsAnswer(
    Guid JobId,
    string Status,
    int Page,
    int PageSize,
    int TotalPages,
    int TotalTexts,
    int FirstIndex,
    IReadOnlyList<PredictBatchResult> Results,
    string ModelName,
    IReadOnlyList<string> ModelVersions);

/// <summary>What this replica has done for jobs since its start.</summary>
/// <param name="JobsSubmitted">Jobs that it took on.</param>
/// <param name="TextsSubmitted">Their texts.</param>
/// <param name="JobsRefused">Jobs that it refused, by the bound that was reached: jobs, texts, bytes.</param>
/// <param name="JobsEnded">Jobs that it saw end, by how: completed, failed, cancelled, expired.</param>
/// <param name="TextsPredicted">Texts of jobs that it predicted.</param>
/// <param name="TextsFailed">Texts of jobs that it gave an error.</param>
/// <param name="ChunksCompleted">Chunks that it scored.</param>
/// <param name="ChunksTakenOver">Chunks that it took over from a replica that was not heard of.</param>
/// <param name="ChunksRepeated">Chunks that it scored for nothing: somebody else was first, or the job had ended.</param>
internal sealed record JobMetricsAnswer(
    long JobsSubmitted,
    long TextsSubmitted,
    IReadOnlyDictionary<string, long> JobsRefused,
    IReadOnlyDictionary<string, long> JobsEnded,
    long TextsPredicted,
    long TextsFailed,
    long ChunksCompleted,
    long ChunksTakenOver,
    long ChunksRepeated);

/// <summary>What waits: with Redis, of all replicas.</summary>
/// <param name="Store">Where jobs are: memory or redis.</param>
/// <param name="UnfinishedJobs">Jobs that have not ended.</param>
/// <param name="MaxJobs">Most of them.</param>
/// <param name="KeptJobs">Jobs that have ended and are kept.</param>
/// <param name="WaitingTexts">Texts that have no result yet.</param>
/// <param name="MaxTexts">Most of them.</param>
/// <param name="WaitingByPriority">The same by priority.</param>
/// <param name="Bytes">Bytes of texts and results that are held.</param>
/// <param name="MaxBytes">Most of them.</param>
internal sealed record JobQueueAnswer(
    string Store,
    int UnfinishedJobs,
    int MaxJobs,
    int KeptJobs,
    int WaitingTexts,
    int MaxTexts,
    IReadOnlyDictionary<string, int> WaitingByPriority,
    long Bytes,
    long MaxBytes);
