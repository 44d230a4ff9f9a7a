using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Resilience;
using KubeSentiment.Tests.Api;
using KubeSentiment.Tests.Inference;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace KubeSentiment.Tests.Caching;

/// <summary>The background writes: order, bounds, repetitions, the stop.</summary>
public sealed class WriteQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _written = [];
    private readonly CircuitBreaker _breaker;
    private readonly CapturedLogs _logs = new();
    private int _batches;
    private Func<PendingWrite, Exception?> _answer = _ => null;

    public WriteQueueTests() => _breaker = new CircuitBreaker("redis", 1, TimeSpan.FromSeconds(60), _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAdd_Many_AreWrittenInOrder()
    {
        using var queue = Queue(capacity: 1_000);
        await queue.StartAsync(Cancellation);
        Enumerable.Range(0, 1_000).ShouldAllBe(i => queue.TryAdd(Write(i)));

        await queue.StopAsync(Cancellation);

        _written.ShouldBe(Enumerable.Range(0, 1_000));
        (queue.Count, queue.Dropped).ShouldBe((0, 0));
    }

    [Fact]
    public async Task TryAdd_AFew_GoTogetherAMomentLater()
    {
        using var queue = Queue();
        await queue.StartAsync(Cancellation);
        Add(queue, 1);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        Add(queue, 2, 3);
        _batches.ShouldBe(0);

        await PassTimeUntil(() => _written.Count == 3);

        _written.ShouldBe([1, 2, 3]);
        _batches.ShouldBe(1);
    }

    [Fact]
    public async Task TryAdd_AWholeBatch_WaitsForNobody()
    {
        using var queue = Queue(capacity: WriteQueue.MostInBatch);
        Enumerable.Range(0, WriteQueue.MostInBatch).ShouldAllBe(i => queue.TryAdd(Write(i)));

        await queue.StartAsync(Cancellation);

        SpinWait.SpinUntil(() => Volatile.Read(ref _batches) == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    /// <summary>There is no room for the company that it would wait for, so that waiting would only drop it.</summary>
    [Fact]
    public async Task TryAdd_FullQueue_WaitsForNobody()
    {
        using var queue = Queue(capacity: 1);
        Add(queue, 1);

        await queue.StartAsync(Cancellation);

        SpinWait.SpinUntil(() => Volatile.Read(ref _batches) == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void TryAdd_Full_DropsAndCounts()
    {
        using var queue = Queue(capacity: 3);

        Enumerable.Range(0, 5).Select(i => queue.TryAdd(Write(i))).ShouldBe([true, true, true, false, false]);

        (queue.Count, queue.Dropped).ShouldBe((3, 2));
    }

    /// <summary>Redis that is full or away under load drops thousands a second.</summary>
    [Fact]
    public void TryAdd_NoRoomForMany_IsToldOnceAMinute()
    {
        using var queue = Queue(capacity: 3);
        for (var second = 0; second <= 120; second++)
        {
            Enumerable.Range(0, 10).ToList().ForEach(i => queue.TryAdd(Write(i)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        queue.Dropped.ShouldBe(1_207);
        _logs.Lines.Select(line => line.Split("since the start")[0]).ShouldBe(
            new[] { 1, 598, 1_198 }.Select(dropped => $" 702 Answers are not written to Redis (queue_full): {dropped} "));
    }

    [Fact]
    public async Task Write_Refused_IsDroppedAtOnceAndTheOthersAreKept()
    {
        using var queue = Queue();
        _answer = write => write.Ttl.Seconds == 1 ? new RedisServerException(RedisErrorKind.OutOfMemory, CommandFlags.None, "OOM") : null;
        Add(queue, 0, 1, 2);
        await queue.StartAsync(Cancellation);

        await queue.StopAsync(Cancellation);

        _written.ShouldBe([0, 2]);
        queue.Dropped.ShouldBe(1);
        (queue.StoredOf(CacheType.Prediction), queue.StoredOf(CacheType.Feature)).ShouldBe((2, 0));
    }

    [Fact]
    public async Task Write_PassingFailure_IsRepeatedThenGivenUp()
    {
        using var queue = Queue();
        var tries = 0;
        _answer = _ => ++tries == 3 ? null : new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "gone");
        Add(queue, 0);
        await queue.StartAsync(Cancellation);
        await PassTimeUntil(() => _written.Count == 1);

        tries = 10;
        Add(queue, 1_000);
        await PassTimeUntil(() => queue.Dropped == 1);

        tries.ShouldBe(15);
        _written.ShouldBe([0]);
    }

    /// <summary>A renewal that is sent again must not bring back what was deleted meanwhile.</summary>
    [Fact]
    public async Task Withdraw_WhileItIsSentAgain_IsNotSentAnyMore()
    {
        using var queue = Queue();
        var renewal = Renewal(1);
        var tries = 0;
        _answer = write => write.Key == renewal.Key && ++tries == 1 ? new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "gone") : null;
        queue.TryAdd(renewal);
        await queue.StartAsync(Cancellation);
        await PassTimeUntil(() => queue.Count == 0 && Volatile.Read(ref tries) > 0);

        queue.Withdraw(renewal.Namespace, renewal.Type, renewal.Key);
        Add(queue, 600);
        await PassTimeUntil(() => _written.Count > 0);

        _written.ShouldBe([600]);
        tries.ShouldBe(1);
    }

    [Fact]
    public async Task Write_BreakerOpen_WaitsForItToClose()
    {
        using var queue = Queue();
        _breaker.TryEnter(out var call);
        call.Failed();
        Add(queue, 0);
        await queue.StartAsync(Cancellation);

        await PassTimeUntil(() => _time.GetUtcNow() > Start.AddSeconds(30));
        _written.ShouldBeEmpty();
        _breaker.Reset();
        await PassTimeUntil(() => _written.Count == 1);
    }

    [Fact]
    public async Task Write_PastItsLife_IsNotSent()
    {
        using var queue = Queue();
        _breaker.TryEnter(out var call);
        call.Failed();
        Add(queue, 1, 600);
        await queue.StartAsync(Cancellation);
        await PassTimeUntil(() => _time.GetUtcNow() > Start.AddSeconds(30));

        _breaker.Reset();
        await PassTimeUntil(() => _written.Count == 1);

        _written.ShouldBe([600]);
    }

    [Fact]
    public async Task Forget_WhatWaits_IsNotSent()
    {
        using var queue = Queue();
        Add(queue, 1);
        queue.TryAdd(Write(2) with { Namespace = "other" });
        queue.StoredOf(CacheType.Prediction).ShouldBe(0);
        queue.Forget("test");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Add(queue, 3);
        await queue.StartAsync(Cancellation);

        await queue.StopAsync(Cancellation);

        _written.ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Withdraw_RenewalThatWaits_IsNotSent()
    {
        using var queue = Queue();
        var (first, second) = (Renewal(1), Renewal(2));
        queue.TryAdd(first).ShouldBeTrue();
        queue.TryAdd(second).ShouldBeTrue();
        Add(queue, 3);
        queue.Withdraw(first.Namespace, first.Type, first.Key);
        queue.Withdraw("test", CacheType.Prediction, new CacheKey("model", 3));
        await queue.StartAsync(Cancellation);

        await queue.StopAsync(Cancellation);

        // The model's answers do not change, so that there is nothing to withdraw.
        _written.ShouldBe([2, 3]);
        queue.Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Renewals_SentDroppedOrDead_AreForgotten()
    {
        using var queue = Queue(capacity: 4);
        _answer = write => (int)write.Key.Hash == 2 ? new RedisServerException(RedisErrorKind.OutOfMemory, CommandFlags.None, "OOM") : null;
        queue.TryAdd(Renewal(1)).ShouldBeTrue();
        queue.TryAdd(Renewal(2)).ShouldBeTrue();
        queue.TryAdd(Renewal(3) with { Namespace = "cleared" }).ShouldBeTrue();
        queue.TryAdd(Renewal(4) with { Ttl = TimeSpan.Zero }).ShouldBeTrue();
        queue.TryAdd(Renewal(5)).ShouldBeFalse();
        queue.Forget("cleared");
        queue.Renewals.ShouldBe(4);
        await queue.StartAsync(Cancellation);

        await queue.StopAsync(Cancellation);

        _written.ShouldBe([1]);
        queue.Renewals.ShouldBe(0);
    }

    [Fact]
    public async Task Stop_BreakerOpen_DropsWhatWaits()
    {
        using var queue = Queue();
        _breaker.TryEnter(out var call);
        call.Failed();
        Add(queue, 0, 1, 2);
        await queue.StartAsync(Cancellation);

        await queue.StopAsync(Cancellation);

        await PassTimeUntil(() => queue.Dropped == 3);
        _written.ShouldBeEmpty();
    }

    /// <summary>The stop and the writer, which may be taking writes out at that moment, must not count the same one.</summary>
    [Fact]
    public async Task Stop_BreakerOpenAsTheWriterTakes_CountsEachOnce()
    {
        _breaker.TryEnter(out var call);
        call.Failed();
        for (var round = 0; round < 500; round++)
        {
            using var queue = Queue(capacity: WriteQueue.MostInBatch);
            Add(queue, [.. Enumerable.Range(1, WriteQueue.MostInBatch)]);
            await queue.StartAsync(Cancellation);
            Thread.SpinWait(round * 10);

            await queue.StopAsync(Cancellation);

            await PassTimeUntil(() => queue.Dropped >= WriteQueue.MostInBatch);
            queue.Dropped.ShouldBe(WriteQueue.MostInBatch);
        }
    }

    private static DateTimeOffset Start => new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The key names the write; its TTL is as many seconds.
    private PendingWrite Write(int name) => new(
        "test",
        CacheType.Prediction,
        new CacheKey("model", (UInt128)name),
        new CachedAnswer([], 1, false),
        _time.GetUtcNow(),
        TimeSpan.FromSeconds(name == 0 ? 3600 : name));

    private PendingWrite Renewal(int name) => Write(name) with { Key = CacheKey.OfName("x") with { Hash = (UInt128)name }, Ttl = TimeSpan.FromHours(1) };

    private void Add(WriteQueue queue, params ReadOnlySpan<int> names)
    {
        foreach (var name in names)
        {
            queue.TryAdd(Write(name)).ShouldBeTrue();
        }
    }

    public void Dispose() => _logs.Dispose();

    private WriteQueue Queue(int capacity = 10) => new(
        capacity,
        batch =>
        {
            var failures = batch.Select(_answer).ToArray();
            _written.AddRange(batch.Index().Where(write => failures[write.Index] is null).Select(write => (int)write.Item.Key.Hash));
            Interlocked.Increment(ref _batches);
            return Task.FromResult<Exception?[]>(failures);
        },
        _breaker,
        new RedisMetrics(Models.Meters()),
        new Random(1),
        _time,
        _logs.CreateLogger(""));

    private async Task PassTimeUntil(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var i = 0; !condition(); i++)
        {
            i.ShouldBeLessThan(10_000);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await tick.WaitForNextTickAsync(Cancellation);
        }
    }
}
