using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Caching.Redis;

/// <summary>Sends a batch of writes to Redis, all at once.</summary>
/// <param name="batch">The writes, in order.</param>
/// <returns>For each write null, or why it failed.</returns>
internal delegate Task<Exception?[]> SendBatch(IReadOnlyList<PendingWrite> batch);

/// <summary>Writes to Redis in the background, in order and in pipelined batches; bounded, and never in a request's way.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>The first write of a batch waits <c>Gathering</c> for others, unless the queue has no room for them. To wake for a few costs this process and Redis more than writing them does, and nobody waits for them: the answer is in memory here
/// already, and another replica that is asked for the same new text meanwhile computes it once.</item>
/// <item>A full queue drops the newcomer and counts it: the answer is still in memory here, and the next replica that misses it computes it.</item>
/// <item>While the breaker is open the queue holds what it has. The writer is never the breaker's trial, and its successes do not count there: they would hide that
/// lookups take too long.</item>
/// <item>What failed for a passing reason is sent again after a pause, a few times, as long as it still has life; what Redis refuses (full, read-only, no permission) is
/// dropped at once.</item>
/// <item>At the stop what waits is sent, within <see cref="DrainTimeout"/>.</item>
/// </list>
/// </remarks>
internal sealed partial class WriteQueue : IHostedService, IDisposable
{
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private const int MostTries = 5;
    internal const int MostInBatch = 1024;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    /// <summary>Cleared namespaces remembered. Writes wait for milliseconds, so only those of the last moment matter.</summary>
    private const int MostCleared = 16;

    private static readonly TimeSpan BreakerCheck = TimeSpan.FromMilliseconds(200);

    private readonly Channel<PendingWrite> _queue;
    private readonly SendBatch _send;
    private readonly CircuitBreaker _breaker;
    private readonly RedisMetrics _metrics;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RepeatFilter<string> _troubles;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _stop = new();

    // What is to be stored under each name; a write of anything else was withdrawn. No more than wait or are being sent.
    private readonly ConcurrentDictionary<(string Namespace, CacheType Type, CacheKey Key), CachedAnswer> _renewals = [];

    private readonly Lock _clearing = new();

    // Cleared namespaces and when; writes from before are not sent. Swapped whole, under _clearing.
    private volatile ClearedNamespace[] _cleared = [];

    // Interlocked.
    private readonly long[] _stored = new long[CacheTypes.All.Count];
    private long _dropped;

    private Task _writing = Task.CompletedTask;

    public WriteQueue(int capacity, SendBatch send, CircuitBreaker breaker, RedisMetrics metrics, Random random, TimeProvider time, ILogger logger)
    {
        Capacity = capacity;
        _send = send;
        _breaker = breaker;
        _metrics = metrics;
        _backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), random);
        _time = time;
        _logger = logger;
        _troubles = new RepeatFilter<string>(time);
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    public int Capacity { get; }

    public int Count => _queue.Reader.Count;

    /// <summary>Writes that were not sent: no room, refused, or failed too often.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Answers of a type that Redis took.</summary>
    public long StoredOf(CacheType type) => Interlocked.Read(ref _stored[(int)type]);

    /// <summary>Entries of applications that are to be renewed.</summary>
    internal int Renewals => _renewals.Count;

    /// <summary>Queues a write, or drops it when there is no room.</summary>
    public bool TryAdd(in PendingWrite write)
    {
        if (IsRenewal(write))
        {
            _renewals[PlaceOf(write)] = write.Answer;
        }

        if (_queue.Writer.TryWrite(write))
        {
            return true;
        }

        Ended(write);
        Drop(1, RedisErrors.QueueFull);
        return false;
    }

    /// <summary>What waits to renew an application's entry is not to be sent any more: the entry changes. What is being sent at this moment may still arrive after the change.</summary>
    public void Withdraw(string @namespace, CacheType type, CacheKey key) => _renewals.TryRemove((@namespace, type, key), out _);

    /// <summary>What waits for this namespace is not to be written any more.</summary>
    public void Forget(string @namespace)
    {
        lock (_clearing)
        {
            var others = _cleared.Where(cleared => cleared.Namespace != @namespace).TakeLast(MostCleared - 1);
            _cleared = [.. others, new(@namespace, _time.GetUtcNow())];
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(() => WriteAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_queue.Writer.TryComplete())
        {
            // A host that is disposed of while it stops stops twice.
            return;
        }

        await _closing.CancelAsync();
        try
        {
            // Nothing can be sent while the breaker is open.
            await _writing.WaitAsync(_breaker.State == CircuitState.Closed ? DrainTimeout : TimeSpan.Zero, _time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await _stop.CancelAsync();
            DropWhatWaits();
        }
    }

    public void Dispose()
    {
        _closing.Dispose();
        _stop.Dispose();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var batch = new List<PendingWrite>(MostInBatch);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                batch.Clear();
                if (Count < Math.Min(MostInBatch, Capacity))
                {
                    await Task.Delay(Gathering, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                while (batch.Count < MostInBatch && _queue.Reader.TryRead(out var write))
                {
                    batch.Add(write);
                }

                await SendAsync(batch, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            Drop(batch.Count, RedisErrors.NotConnected);
        }
    }

    /// <summary>Sends until nothing is left of the batch: sent, refused, dead or given up.</summary>
    private async Task SendAsync(List<PendingWrite> batch, CancellationToken cancellationToken)
    {
        for (var tries = 0; ;)
        {
            while (_breaker.State != CircuitState.Closed)
            {
                await Task.Delay(BreakerCheck, _time, cancellationToken);
            }

            batch.RemoveAll(EndIfObsolete);
            if (batch.Count == 0)
            {
                return;
            }

            var started = _time.GetTimestamp();
            var failures = await _send(batch);
            _metrics.Ended(RedisOperations.SetMany, _time.GetElapsedTime(started));
            KeepFailed(batch, failures, ++tries == MostTries);
            if (batch.Count == 0)
            {
                return;
            }

            await Task.Delay(_backoff.Delay(tries), _time, cancellationToken);
        }
    }

    /// <summary>Counts what was stored, and leaves in the batch what is worth another try.</summary>
    private void KeepFailed(List<PendingWrite> batch, Exception?[] failures, bool last)
    {
        var kept = 0;
        for (var i = 0; i < failures.Length; i++)
        {
            if (failures[i] is not { } failure)
            {
                Interlocked.Increment(ref _stored[(int)batch[i].Type]);
                Ended(batch[i]);
                continue;
            }

            if (last || RedisErrors.IsRefusal(failure))
            {
                Drop(1, RedisErrors.TypeOf(failure));
                Ended(batch[i]);
            }
            else
            {
                batch[kept++] = batch[i];
            }
        }

        batch.RemoveRange(kept, batch.Count - kept);
    }

    private bool EndIfObsolete(PendingWrite write)
    {
        var isObsolete = IsObsolete(write);
        if (isObsolete)
        {
            Ended(write);
        }

        return isObsolete;
    }

    private bool IsObsolete(PendingWrite write) =>
        write.WrittenAt + write.Ttl <= _time.GetUtcNow()
        || Array.Exists(_cleared, cleared => cleared.Namespace == write.Namespace && write.WrittenAt <= cleared.At)
        || (IsRenewal(write) && !(_renewals.TryGetValue(PlaceOf(write), out var answer) && ReferenceEquals(answer, write.Answer)));

    /// <summary>Applications set their entries directly, so that only renewals of them come here. Unlike the model's answers they change.</summary>
    private static bool IsRenewal(in PendingWrite write) => write.Key.Model == CacheKey.NoModel;

    private static (string Namespace, CacheType Type, CacheKey Key) PlaceOf(in PendingWrite write) => (write.Namespace, write.Type, write.Key);

    private void Ended(in PendingWrite write)
    {
        if (IsRenewal(write))
        {
            _renewals.TryRemove(KeyValuePair.Create(PlaceOf(write), write.Answer));
        }
    }

    /// <summary>Takes it out, so that the writer, which may not have heard of the stop yet, does not count it as well.</summary>
    private void DropWhatWaits()
    {
        var count = 0;
        while (_queue.Reader.TryRead(out _))
        {
            count++;
        }

        Drop(count, RedisErrors.NotConnected);
    }

    private void Drop(int count, string error)
    {
        if (count > 0)
        {
            Interlocked.Add(ref _dropped, count);
            _metrics.Failed(RedisOperations.Set, error, (long)count);
            if (_troubles.IsNews(error, out _))
            {
                Lost(_logger, error, Dropped);
            }
        }
    }

    [LoggerMessage(
        EventId = 702,
        Level = LogLevel.Warning,
        Message = "Answers are not written to Redis ({Error}): {Dropped} since the start. Memory has them; told once a minute, counted in sentiment_cache_dropped_writes_total")]
    private static partial void Lost(ILogger logger, string error, long dropped);

    private sealed record ClearedNamespace(string Namespace, DateTimeOffset At);
}
