using System.Collections.Concurrent;
using StackExchange.Redis;

namespace KubeSentiment.Jobs.Redis;

/// <summary>Jobs in Redis: any replica answers for any of them and takes work from it.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>Queue.</b> A stream a priority, read as a consumer group: an entry belongs to who has read it until it is acknowledged, and may be claimed by others once its owner
/// has not been heard of for <c>MLOPS_ASYNC_BATCH_CLAIM_IDLE_SECONDS</c>.</item>
/// <item><b>Turns.</b> Only some chunks of a job stand in the queue; when one is done, its job's next one enters at the end. So jobs take turns, and the queue stays short.</item>
/// <item><b>Once.</b> Results, count, acknowledgement and the next entry are one script; a bit for each chunk says whether it was counted.</item>
/// <item><b>Loss.</b> What Redis lost is noticed: entries enter the queue again, lost texts fail their job, and a job that is gone altogether is written down as
/// failed by the replicas that took it on or worked for it.</item>
/// </list>
/// <para>The scripts have the details; <c>Scripts/common.lua</c> lists the keys.</para>
/// </remarks>
internal sealed class RedisJobStore(JobRedis redis, JobOptions options, JobEvents events, TimeProvider time) : IJobStore
{
    /// <summary>A chunk that was begun so often kills whoever has it.</summary>
    public const int MostAttempts = 5;

    private const string Lost = "Redis has lost the job: it was flushed, or restarted without its data.";

    /// <summary>How long after room was made for it a job's texts may take to arrive.</summary>
    private static readonly TimeSpan LoadingLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ConsumerLimit = TimeSpan.FromHours(1);

    /// <summary>Texts are sent in parts, so that Redis does not wait for one large command.</summary>
    private const int ChunksAtOnce = 64;

    private readonly WorkBell _bell = new();

    // Jobs that this replica took on or worked for, and has not seen end.
    private readonly ConcurrentDictionary<Guid, Job> _known = new();

    public string Name => "redis";

    public Task WorkArrived => _bell.Next;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Retention => Milliseconds(options.Retention);

    public async Task<JobBound?> AddAsync(NewJob job)
    {
        // 1. Make room.
        var (facts, id) = (job.Job, job.Job.Id);
        var bound = (string)(await redis.RunAsync(
            JobScripts.Reserve,
            id.ToString(),
            facts.Priority.Word(),
            facts.TotalTexts,
            facts.ChunkTexts,
            job.Chunks.Count,
            job.Bytes,
            facts.CreatedAt.ToUnixTimeMilliseconds(),
            Milliseconds(facts.Timeout),
            Retention,
            options.MaxJobs,
            options.MaxTexts,
            options.MaxBytes,
            Milliseconds(LoadingLimit)))!;
        if (bound.Length > 0)
        {
            return JobBounds.All.First(one => one.Word() == bound);
        }

        // 2. Send the texts. If that breaks off, the sweep takes back what was reserved.
        var ttl = facts.Timeout + TimeSpan.FromMinutes(5);
        foreach (var part in job.Chunks.Index().Chunk(ChunksAtOnce))
        {
            await redis.CallAsync(database => Task.WhenAll(part.Select(chunk => database.StringSetAsync(redis.KeyOf("texts", id, chunk.Index), chunk.Item, ttl))));
        }

        // 3. Open it.
        if ((int)await redis.RunAsync(JobScripts.Start, id.ToString()) == 0)
        {
            throw new JobStoreException("Redis lost the job while it was taken on.");
        }

        Remember(facts);
        _bell.Ring();
        return null;
    }

    public async Task<Job?> FindAsync(Guid id)
    {
        var found = JobHash.Read(id, await redis.CallAsync(database => database.HashGetAsync(redis.KeyOf("job", id), JobHash.Fields)));
        if (found is null && _known.TryGetValue(id, out var lost))
        {
            await BuryAsync(lost);
            found = JobHash.Read(id, await redis.CallAsync(database => database.HashGetAsync(redis.KeyOf("job", id), JobHash.Fields)));
        }

        return found;
    }

    public async Task<Job?> CancelAsync(Guid id)
    {
        Tell(await redis.RunAsync(JobScripts.Cancel, id.ToString(), Now));
        return await FindAsync(id);
    }

    public async Task<IReadOnlyList<byte[]?>> ReadAsync(Guid id, int firstChunk, int chunks)
    {
        RedisKey[] keys = [.. Enumerable.Range(firstChunk, chunks).Select(chunk => (RedisKey)redis.KeyOf("results", id, chunk))];
        return Array.ConvertAll(await redis.CallAsync(database => database.StringGetAsync(keys)), value => (byte[]?)value);
    }

    public async Task<JobChunk?> TakeAsync()
    {
        var answer = await redis.RunAsync(JobScripts.Take, redis.Consumer, Milliseconds(options.ClaimIdle), Now, MostAttempts, JobHash.FieldNames);
        Tell(answer[0]);
        if (answer[1].IsNull)
        {
            return null;
        }

        var taken = answer[1];
        var job = JobHash.Read(Guid.Parse((string)taken[0]!), (RedisValue[])taken[6]!);
        if (job is null)
        {
            // Half of its hash is gone; the sweep looks after it.
            return null;
        }

        Remember(job);
        return new JobChunk(job, (int)taken[1], (byte[])taken[5]!, (string)taken[3]!, (int)taken[4]);
    }

    public async Task<bool> KeepAsync(JobChunk chunk) =>
        (int)await redis.RunAsync(JobScripts.Keep, redis.Consumer, chunk.Job.Id.ToString(), chunk.Job.Priority.Word(), chunk.Ticket) == 1;

    public async Task GiveBackAsync(JobChunk chunk)
    {
        await redis.RunAsync(JobScripts.GiveBack, redis.Consumer, chunk.Job.Priority.Word(), chunk.Ticket, Milliseconds(options.ClaimIdle));
        _bell.Ring();
    }

    public async Task<bool> CompleteAsync(JobChunk chunk, byte[] results, int failedTexts)
    {
        var answer = await redis.RunAsync(
            JobScripts.Complete, chunk.Job.Id.ToString(), chunk.Index, chunk.Job.Priority.Word(), chunk.Ticket, results, chunk.Count, failedTexts, Now);
        Tell(answer[0]);
        return (int)answer[1] == 1;
    }

    public async Task SweepAsync()
    {
        // 1. Jobs that are gone altogether, which Redis cannot know. Before any are forgotten: those that have ended are not to be missed.
        var known = _known.Values.ToList();
        var states = await redis.CallAsync(database => Task.WhenAll(known.Select(job => database.HashGetAsync(redis.KeyOf("job", job.Id), "state"))));
        foreach (var (job, state) in known.Zip(states))
        {
            if (state.IsNull)
            {
                await BuryAsync(job);
            }
            else if (state != "loading" && JobStates.Parse(state!).IsEnd())
            {
                _known.TryRemove(job.Id, out _);
            }
        }

        // 2. Everything else.
        Tell(await redis.RunAsync(JobScripts.Sweep, Now, Milliseconds(ConsumerLimit)));

        // 3. Whether Redis takes writes: where it is full or read-only all of the above only reads, and jobs stand still.
        await redis.CallAsync(database => database.StringSetAsync(redis.KeyOf("swept"), Now, LoadingLimit));
    }

    public async Task<JobFigures> MeasureAsync()
    {
        RedisValue[] fields = ["bytes", .. JobPriorities.All.Select(priority => (RedisValue)$"texts:{priority.Word()}")];
        var held = redis.CallAsync(database => database.HashGetAsync($"{redis.Prefix}:held", fields));
        var active = redis.CallAsync(database => database.SortedSetLengthAsync($"{redis.Prefix}:active"));
        var kept = redis.CallAsync(database => database.SortedSetLengthAsync($"{redis.Prefix}:kept"));
        await Task.WhenAll(held, active, kept);
        var values = await held;
        return new JobFigures((int)await active, (int)await kept, JobPriorities.All.Index().ToDictionary(one => one.Item, one => (int)values[one.Index + 1]), (long)values[0]);
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private void Remember(Job job)
    {
        // There cannot be more that have not ended; those that ended a moment ago leave with the next sweep.
        if (_known.Count < 2 * options.MaxJobs)
        {
            _known[job.Id] = job;
        }
    }

    private async Task BuryAsync(Job job)
    {
        Tell(await redis.RunAsync(
            JobScripts.Bury,
            job.Id.ToString(),
            job.Priority.Word(),
            job.TotalTexts,
            job.ChunkTexts,
            job.Chunks,
            job.CreatedAt.ToUnixTimeMilliseconds(),
            Milliseconds(job.Timeout),
            Retention,
            Lost,
            Now));
        _known.TryRemove(job.Id, out _);
    }

    private void Tell(RedisResult ended)
    {
        for (var i = 0; i < ended.Length; i++)
        {
            var id = Guid.Parse((string)ended[i][0]!);
            _known.TryRemove(id, out _);
            events.Ended(id, JobStates.Parse((string)ended[i][1]!), (string?)ended[i][2]);
        }
    }
}
