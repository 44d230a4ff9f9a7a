namespace KubeSentiment.Jobs.Memory;

/// <summary>A job in memory. Guarded by the store's lock.</summary>
internal sealed class MemoryJob
{
    private readonly Queue<int> _waiting;
    private readonly byte[]?[] _texts;
    private readonly byte[]?[] _results;

    public MemoryJob(NewJob added)
    {
        Job = added.Job;
        Bytes = added.Bytes;
        _texts = [.. added.Chunks];
        _results = new byte[added.Chunks.Count][];
        _waiting = new Queue<int>(Enumerable.Range(0, added.Chunks.Count));
    }

    /// <summary>Replaced whole at each change.</summary>
    public Job Job { get; set; }

    /// <summary>What it counts for now.</summary>
    public long Bytes { get; private set; }

    public int WaitingTexts => Job.State.IsEnd() ? 0 : Job.TotalTexts - Job.DoneTexts;

    public bool HasWaitingChunks => _waiting.Count > 0;

    public JobChunk Take(DateTimeOffset now)
    {
        Job = Job with { State = JobState.Processing, StartedAt = Job.StartedAt ?? now };
        var index = _waiting.Dequeue();
        return new JobChunk(Job, index, _texts[index]!, Ticket: "", Attempt: 1);
    }

    public bool IsWanted(JobChunk chunk) => !Job.State.IsEnd() && _texts[chunk.Index] is not null;

    public void GiveBack(JobChunk chunk) => _waiting.Enqueue(chunk.Index);

    public void Complete(JobChunk chunk, byte[] results, int failedTexts)
    {
        Bytes += results.Length - chunk.Texts.Length - ((long)chunk.Count * NewJob.BytesOfResult);
        _results[chunk.Index] = results;
        _texts[chunk.Index] = null;
        Job = Job with { DoneTexts = Job.DoneTexts + chunk.Count, FailedTexts = Job.FailedTexts + failedTexts };
    }

    public void End(JobState state, DateTimeOffset now, TimeSpan retention)
    {
        Job = Job with { State = state, FinishedAt = now, KeptUntil = now + retention };
        Array.Clear(_texts);
        _waiting.Clear();
        Bytes = NewJob.BytesOfJob + _results.Sum(results => (long)(results?.Length ?? 0));
    }

    public IReadOnlyList<byte[]?> Results(int first, int count) => [.. _results.Skip(first).Take(count)];
}
