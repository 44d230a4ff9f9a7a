namespace KubeSentiment.Jobs;

/// <summary>Background jobs as HTTP sees them: taken on, looked at, read page by page, called off.</summary>
internal sealed class BatchJobs(IJobStore store, JobOptions options, JobEvents events, TimeProvider time)
{
    /// <summary>Takes a job on.</summary>
    /// <param name="texts">Its texts, at least one.</param>
    /// <param name="priority">Whose turn it is.</param>
    /// <param name="timeout">How long it may take; null for the default.</param>
    /// <returns>The job; or the bound for which it is refused.</returns>
    /// <exception cref="JobStoreException">Redis does not answer.</exception>
    public async Task<(Job? Job, JobBound? Refusal)> SubmitAsync(TextPacker texts, JobPriority priority, TimeSpan? timeout)
    {
        var now = time.GetUtcNow();
        var chunks = texts.Finish();
        var job = new Job(Guid.CreateVersion7(now), priority, texts.Count, options.ChunkTexts, timeout ?? options.DefaultTimeout, now);
        if (await store.AddAsync(new NewJob(job, chunks)) is { } bound)
        {
            events.Refused(bound);
            return (null, bound);
        }

        events.Submitted(job);
        return (job, null);
    }

    /// <summary>The job of that name; null when there is none.</summary>
    public Task<Job?> FindAsync(Guid id) => store.FindAsync(id);

    /// <summary>Calls a job off, unless it has ended.</summary>
    public Task<Job?> CancelAsync(Guid id) => store.CancelAsync(id);

    /// <summary>Some results of a job that has ended, in the order of its texts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="first">Place of the first text.</param>
    /// <param name="count">How many; fewer come where the job has no more.</param>
    public async Task<JobResultPage> ReadAsync(Job job, int first, int count)
    {
        count = Math.Clamp(job.TotalTexts - first, 0, count);
        if (count == 0)
        {
            return new JobResultPage([], []);
        }

        var firstChunk = first / job.ChunkTexts;
        var lastChunk = (first + count - 1) / job.ChunkTexts;
        List<JobResult> results = [];
        HashSet<string> versions = [];
        foreach (var bytes in await store.ReadAsync(job.Id, firstChunk, lastChunk - firstChunk + 1))
        {
            var inChunk = Math.Min(job.ChunkTexts, job.TotalTexts - ((firstChunk * job.ChunkTexts) + results.Count));
            var (decoded, version) = ResultCodec.Decode(bytes, inChunk);
            results.AddRange(decoded);
            if (version is { Length: > 0 })
            {
                versions.Add(version);
            }
        }

        return new JobResultPage(results.GetRange(first - (firstChunk * job.ChunkTexts), count), [.. versions]);
    }
}

/// <summary>Some results of a job.</summary>
/// <param name="Results">One a text, in order.</param>
/// <param name="ModelVersions">The models that gave them: more than one when a new model came while the job ran.</param>
internal sealed record JobResultPage(IReadOnlyList<JobResult> Results, IReadOnlyList<string> ModelVersions);
