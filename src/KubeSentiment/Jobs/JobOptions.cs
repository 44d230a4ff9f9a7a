using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Jobs;

/// <summary>Background jobs: how much of them the service takes on, and how long it keeps them. With Redis on, the bounds are those of all replicas together.</summary>
[Settings("Jobs")]
internal sealed class JobOptions
{
    /// <summary>Takes texts in the background. Off, its routes answer 503.</summary>
    [Setting("ASYNC_BATCH_ENABLED")]
    public bool Enabled { get; set; } = true;

    /// <summary>Most jobs that have not ended; more are refused.</summary>
    [Setting("ASYNC_BATCH_MAX_JOBS"), Range(1, 10_000)]
    public int MaxJobs { get; set; } = 1_000;

    /// <summary>Most texts in one job. Raise it with <c>MLOPS_ASYNC_BATCH_MAX_BODY_BYTES</c>.</summary>
    [Setting("ASYNC_BATCH_MAX_BATCH_SIZE"), Range(1, 1_000_000)]
    public int MaxBatchSize { get; set; } = 100_000;

    /// <summary>How long a job that names no timeout may take, waiting included; then it has expired.</summary>
    [Setting("ASYNC_BATCH_DEFAULT_TIMEOUT_SECONDS"), Duration(10, 3_600)]
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>How long a job and its results are kept after its end.</summary>
    [Setting("ASYNC_BATCH_CACHE_TTL_SECONDS"), Duration(10, 604_800)]
    public TimeSpan Retention { get; set; } = TimeSpan.FromSeconds(3_600);

    /// <summary>Most texts of all jobs that wait to be scored.</summary>
    [Setting("ASYNC_BATCH_MAX_TEXTS"), Range(1, 100_000_000)]
    public int MaxTexts { get; set; } = 1_000_000;

    /// <summary>
    /// Most bytes of all jobs, in memory or in Redis: texts that wait and results that are kept; by default 128 MiB. A replica also reads no more than this at once. Raise it
    /// with the pod's memory, or with Redis'.
    /// </summary>
    [Setting("ASYNC_BATCH_MAX_BYTES"), Range(1_048_576, 2_147_483_647)]
    public long MaxBytes { get; set; } = 134_217_728;

    /// <summary>Largest body of a job in bytes; by default 64 MiB, which is 100,000 texts of 670 bytes.</summary>
    [Setting("ASYNC_BATCH_MAX_BODY_BYTES"), Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 67_108_864;

    /// <summary>Texts that are scored together, and again where their replica died. Fewer spread a small job over more replicas, at more calls to Redis.</summary>
    [Setting("ASYNC_BATCH_CHUNK_TEXTS"), Range(1, 10_000)]
    public int ChunkTexts { get; set; } = 100;

    /// <summary>
    /// Chunks that a replica has in hand at once. Each brings a quarter of <c>MAX_CONCURRENT_REQUESTS</c> texts at a time: with 2, half of the gate is always free for HTTP.
    /// </summary>
    [Setting("ASYNC_BATCH_WORKERS"), Range(1, 64)]
    public int Workers { get; set; } = 2;

    /// <summary>After so long without a sign of life from the replica that has it, a chunk is taken over by another. Living replicas give three signs in this time.</summary>
    [Setting("ASYNC_BATCH_CLAIM_IDLE_SECONDS"), Duration(0.5, 3_600)]
    public TimeSpan ClaimIdle { get; set; } = TimeSpan.FromSeconds(10);
}
