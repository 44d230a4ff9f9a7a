namespace KubeSentiment.Jobs.Memory;

/// <summary>Jobs of this process alone; they end with it.</summary>
/// <remarks>Jobs of one priority stand in a circle: the first gives a chunk and goes to the end. All state is guarded by <c>_lock</c>; events are told after it is left.</remarks>
internal sealed class MemoryJobStore(JobOptions options, JobEvents events, TimeProvider time) : IJobStore
{
    private readonly Lock _lock = new();
    private readonly WorkBell _bell = new();
    private readonly Dictionary<Guid, MemoryJob> _jobs = [];
    private readonly Dictionary<JobPriority, LinkedList<MemoryJob>> _turns = JobPriorities.All.ToDictionary(priority => priority, _ => new LinkedList<MemoryJob>());
    private int _unfinished;
    private long _texts;
    private long _bytes;

    public string Name => "memory";

    public Task WorkArrived => _bell.Next;

    public Task<JobBound?> AddAsync(NewJob job)
    {
        lock (_lock)
        {
            JobBound? bound = _unfinished >= options.MaxJobs ? JobBound.Jobs
                : _texts + job.Job.TotalTexts > options.MaxTexts ? JobBound.Texts
                : _bytes + job.Bytes > options.MaxBytes ? JobBound.Bytes
                : null;
            if (bound is not null)
            {
                return Task.FromResult(bound);
            }

            var added = new MemoryJob(job);
            _jobs.Add(job.Job.Id, added);
            _turns[job.Job.Priority].AddLast(added);
            _unfinished++;
            _texts += job.Job.TotalTexts;
            _bytes += job.Bytes;
        }

        _bell.Ring();
        return Task.FromResult<JobBound?>(null);
    }

    public Task<Job?> FindAsync(Guid id)
    {
        lock (_lock)
        {
            return Task.FromResult(_jobs.GetValueOrDefault(id)?.Job);
        }
    }

    public Task<Job?> CancelAsync(Guid id)
    {
        MemoryJob? job;
        bool ended;
        lock (_lock)
        {
            job = _jobs.GetValueOrDefault(id);
            ended = job is not null && TryEnd_NeedsLock(job, JobState.Cancelled);
        }

        Tell(ended ? [job!.Job] : []);
        return Task.FromResult(job?.Job);
    }

    public Task<IReadOnlyList<byte[]?>> ReadAsync(Guid id, int firstChunk, int chunks)
    {
        lock (_lock)
        {
            return Task.FromResult(_jobs.TryGetValue(id, out var job) ? job.Results(firstChunk, chunks) : new byte[]?[chunks]);
        }
    }

    public Task<JobChunk?> TakeAsync()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var turns in JobPriorities.All.Select(priority => _turns[priority]))
            {
                // Those that are overdue are ended by the sweep; until then they are passed over.
                for (var node = turns.First; node is not null; node = node.Next)
                {
                    if (node.Value.HasWaitingChunks && node.Value.Job.Deadline > now)
                    {
                        turns.Remove(node);
                        turns.AddLast(node);
                        return Task.FromResult<JobChunk?>(node.Value.Take(now));
                    }
                }
            }

            return Task.FromResult<JobChunk?>(null);
        }
    }

    public Task<bool> KeepAsync(JobChunk chunk)
    {
        lock (_lock)
        {
            return Task.FromResult(_jobs.TryGetValue(chunk.Job.Id, out var job) && job.IsWanted(chunk));
        }
    }

    public Task GiveBackAsync(JobChunk chunk)
    {
        lock (_lock)
        {
            if (_jobs.TryGetValue(chunk.Job.Id, out var job) && job.IsWanted(chunk))
            {
                job.GiveBack(chunk);
            }
        }

        _bell.Ring();
        return Task.CompletedTask;
    }

    public Task<bool> CompleteAsync(JobChunk chunk, byte[] results, int failedTexts)
    {
        MemoryJob? job;
        var ended = false;
        lock (_lock)
        {
            if (!_jobs.TryGetValue(chunk.Job.Id, out job) || !job.IsWanted(chunk))
            {
                return Task.FromResult(false);
            }

            var before = job.Bytes;
            job.Complete(chunk, results, failedTexts);
            _texts -= chunk.Count;
            _bytes += job.Bytes - before;
            if (job.Job.DoneTexts == job.Job.TotalTexts)
            {
                ended = TryEnd_NeedsLock(job, JobState.Completed);
            }
        }

        Tell(ended ? [job.Job] : []);
        return Task.FromResult(true);
    }

    public Task SweepAsync()
    {
        List<Job> ended = [];
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var job in _jobs.Values.Where(job => job.Job.KeptUntil <= now).ToList())
            {
                _jobs.Remove(job.Job.Id);
                _bytes -= job.Bytes;
            }

            foreach (var job in _jobs.Values.Where(job => job.Job.Deadline <= now).ToList())
            {
                if (TryEnd_NeedsLock(job, JobState.Expired))
                {
                    ended.Add(job.Job);
                }
            }
        }

        Tell(ended);
        return Task.CompletedTask;
    }

    public Task<JobFigures> MeasureAsync()
    {
        lock (_lock)
        {
            return Task.FromResult(new JobFigures(
                _unfinished, _jobs.Count - _unfinished, _turns.ToDictionary(turns => turns.Key, turns => turns.Value.Sum(job => job.WaitingTexts)), _bytes));
        }
    }

    private bool TryEnd_NeedsLock(MemoryJob job, JobState state)
    {
        if (job.Job.State.IsEnd())
        {
            return false;
        }

        _texts -= job.WaitingTexts;
        var before = job.Bytes;
        job.End(state, time.GetUtcNow(), options.Retention);
        _bytes += job.Bytes - before;
        _unfinished--;
        _turns[job.Job.Priority].Remove(job);
        return true;
    }

    private void Tell(IEnumerable<Job> ended)
    {
        foreach (var job in ended)
        {
            events.Ended(job.Id, job.State, job.Reason);
        }
    }
}
