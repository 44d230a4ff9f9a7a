using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Jobs;

/// <summary>Takes chunks, scores them and stores their results, <c>MLOPS_ASYNC_BATCH_WORKERS</c> at once, from when the replica is ready until it is asked to stop.</summary>
/// <remarks>
/// <para>A store that does not answer is waited for. Results that are ready then are kept and offered again: whoever else may have scored the same, they are counted once.</para>
/// <para>While a chunk is scored, its claim is kept alive. When the store says that nobody wants it any more (cancelled, expired, taken over), scoring ends at once.</para>
/// <para>On the signal to stop, chunks in hand are given back at once, for others to take, while HTTP still drains.</para>
/// </remarks>
internal sealed class JobWorkers(
    IJobStore store, ChunkScorer scorer, JobEvents events, JobOptions options, IHostApplicationLifetime lifetime, TimeProvider time, Random jitter) : IHostedLifecycleService
{
    /// <summary>Work that another replica was given is heard of by asking.</summary>
    private static readonly TimeSpan AskingPeriod = TimeSpan.FromMilliseconds(200);

    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2), jitter);

    private Task _running = Task.CompletedTask;

    /// <summary>After the warm-up, which was registered before.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Task.Run(() => WorkAsync(lifetime.ApplicationStopping), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WorkAsync(CancellationToken stopping)
    {
        for (var failures = 0; !stopping.IsCancellationRequested;)
        {
            try
            {
                var arrived = store.WorkArrived;
                if (await store.TakeAsync() is { } chunk)
                {
                    await RunAsync(chunk, stopping);
                }
                else
                {
                    await arrived.WaitAsync(AskingPeriod, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                failures = 0;
            }
            catch (Exception e)
            {
                // A store that does not answer is told to the log by the sweep. Anything else is a mistake here, and must not end the worker.
                if (e is not JobStoreException)
                {
                    events.WorkerFailed(e);
                }

                await Task.Delay(_backoff.Delay(failures++), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(JobChunk chunk, CancellationToken stopping)
    {
        using var span = Tracing.Source.StartActivity("score chunk")
            ?.SetTag(JobEvents.JobId, chunk.Job.Id)
            .SetTag("sentiment.job.chunk", chunk.Index)
            .SetTag("sentiment.job.attempt", chunk.Attempt)
            .SetTag("sentiment.texts", chunk.Count);
        if (chunk.Attempt > 1)
        {
            events.TookOver(chunk);
        }

        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var keeping = KeepAsync(chunk, unwanted);
        try
        {
            var started = time.GetTimestamp();
            var (results, failed) = await ScoreAsync(chunk, unwanted.Token);
            if (await CompleteAsync(chunk, results, failed, stopping))
            {
                events.Completed(chunk.Count - failed, failed, time.GetElapsedTime(started));
            }
            else
            {
                events.Repeated(chunk);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await store.GiveBackAsync(chunk);
            events.GaveBack(chunk);
        }
        catch (OperationCanceledException) when (unwanted.IsCancellationRequested)
        {
            // Somebody else has it, or nobody wants it.
        }
        finally
        {
            await unwanted.CancelAsync();
            await keeping;
        }
    }

    private async Task<(byte[] Results, int Failed)> ScoreAsync(JobChunk chunk, CancellationToken unwanted)
    {
        if (TextPacker.Unpack(chunk.Texts, chunk.Count) is not { } texts)
        {
            return Nothing(JobTextEnd.NotScored);
        }

        try
        {
            return await scorer.ScoreAsync(chunk, texts, unwanted);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A mistake here; to try it again and again would not mend it.
            events.TextsFailed(chunk, chunk.Count, e);
            return Nothing(JobTextEnd.Failed);
        }

        (byte[] Results, int Failed) Nothing(JobTextEnd end) =>
            (ResultCodec.Encode("", [], [.. Enumerable.Repeat(new JobResult(end), chunk.Count)]), chunk.Count);
    }

    /// <summary>Offers the results until the store has heard of them. Scoring them again elsewhere costs more than waiting here.</summary>
    private async Task<bool> CompleteAsync(JobChunk chunk, byte[] results, int failed, CancellationToken stopping)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await store.CompleteAsync(chunk, results, failed);
            }
            catch (JobStoreException) when (!stopping.IsCancellationRequested && chunk.Job.Deadline > time.GetUtcNow())
            {
                await Task.Delay(_backoff.Delay(failures), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task KeepAsync(JobChunk chunk, CancellationTokenSource unwanted)
    {
        while (true)
        {
            await Task.Delay(options.ClaimIdle / 3, time, unwanted.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (unwanted.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (!await store.KeepAsync(chunk))
                {
                    await unwanted.CancelAsync();
                }
            }
            catch (JobStoreException)
            {
                // The next sign may get through; if not, somebody takes the chunk over, and it is counted once all the same.
            }
        }
    }
}
