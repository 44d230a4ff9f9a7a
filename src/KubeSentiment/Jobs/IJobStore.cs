namespace KubeSentiment.Jobs;

/// <summary>Where jobs, their texts and their results are: in this process, or in Redis for all replicas.</summary>
/// <remarks>
/// <para>A job is cut into chunks. A chunk is taken, and then completed or given back; whoever takes it and is not heard of for too long loses it to another. However often
/// a chunk is scored, it is counted once, and after the job's end not at all.</para>
/// <para>A higher priority goes first. Jobs of one priority take turns, so that a small one does not wait for all of a big one.</para>
/// <para>Safe for many threads. Every method may throw <see cref="JobStoreException"/>.</para>
/// </remarks>
internal interface IJobStore
{
    /// <summary>For answers and logs: memory, redis.</summary>
    public string Name { get; }

    /// <summary>Completes when a chunk may have come. Ask for it before looking for one, so that none is missed.</summary>
    public Task WorkArrived { get; }

    /// <summary>Takes a job on.</summary>
    /// <returns>Null; or the bound for which it was refused.</returns>
    public Task<JobBound?> AddAsync(NewJob job);

    /// <summary>The job of that name; null when there is none, or none any more.</summary>
    public Task<Job?> FindAsync(Guid id);

    /// <summary>Calls a job off. Nothing happens to one that has ended.</summary>
    /// <returns>What is known of it then; null when there is none.</returns>
    public Task<Job?> CancelAsync(Guid id);

    /// <summary>Results of a job as they were given to <see cref="CompleteAsync"/>, for chunks from <paramref name="firstChunk"/> on; null where there are none.</summary>
    public Task<IReadOnlyList<byte[]?>> ReadAsync(Guid id, int firstChunk, int chunks);

    /// <summary>The next chunk to score.</summary>
    /// <returns>Null when there is nothing to do.</returns>
    public Task<JobChunk?> TakeAsync();

    /// <summary>Says that a chunk is still being scored.</summary>
    /// <returns>False when nobody wants it any more from this worker.</returns>
    public Task<bool> KeepAsync(JobChunk chunk);

    /// <summary>Gives a chunk back, unscored, for anybody to take at once.</summary>
    public Task GiveBackAsync(JobChunk chunk);

    /// <summary>Stores the results of a chunk and counts it, in one step.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="results">As <see cref="ResultCodec"/> writes them.</param>
    /// <param name="failedTexts">How many of its texts have an error.</param>
    /// <returns>False when it was counted before, or its job has ended.</returns>
    public Task<bool> CompleteAsync(JobChunk chunk, byte[] results, int failedTexts);

    /// <summary>Ends what is overdue, forgets what is old, and mends what can be mended. Fails while the store takes no writes, too.</summary>
    public Task SweepAsync();

    /// <summary>What the store holds.</summary>
    public Task<JobFigures> MeasureAsync();
}
