using KubeSentiment.Inference;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Who goes first when a queue's workers pass texts on to a second one, which falls behind.</summary>
public sealed class PendingQueueNextTests
{
    /// <summary>Whoever is held for longer is held for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly QueuePlaces _places = new(1000);
    private readonly PendingQueue _next;
    private readonly PendingQueue _queue;

    public PendingQueueNextTests()
    {
        _next = Queue(next: null);
        _queue = Queue(_next);
        _places.TryTake(10).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueALittleBehind_GoesFirst()
    {
        _next.Enqueue([Text()]);
        _time.Advance(TimeSpan.FromMilliseconds(5));
        _queue.Enqueue([Text()]);

        (await TakeAsync(_queue)).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffUntilTheFirstTextThereIsTaken()
    {
        var worker = WorkerHeldBy(Text());

        (await TakeAsync(_next)).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffAsLongAsOlderTextsFollowThere()
    {
        var worker = WorkerHeldBy(Text(), PendingTexts.Of(100));

        (await TakeAsync(_next)).ShouldBeTrue();
        worker.IsCompleted.ShouldBeFalse();
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, Limit).ShouldBeTrue();
        (await TakeAsync(_next)).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_TextPassedOn_IsAsOldAsWhenItCame()
    {
        PendingInference[] passedOn = [Text()];
        _queue.Enqueue(passedOn);
        (await TakeAsync(_queue)).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(6));
        _queue.Enqueue([Text()]);

        _next.Enqueue(passedOn);

        var worker = TakeAndBeHeld();
        _queue.Close();
        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_TheFirstTextOfTheNextQueueHasNoCallerLeft_IsNotHeldByIt()
    {
        using var caller = new CancellationTokenSource();
        var worker = WorkerHeldBy(PendingTexts.Of(10, caller: caller));

        await caller.CancelAsync();
        var idle = TakeAsync(_next);

        (await worker).ShouldBeTrue();
        _next.Close();
        (await idle).ShouldBeFalse();
    }

    [Fact]
    public async Task Take_OnlyTheBackgroundWaitsInTheNextQueue_GoesFirst()
    {
        _next.Enqueue([PendingTexts.Of(10, isBackground: true)]);
        _time.Advance(TimeSpan.FromMinutes(1));
        _queue.Enqueue([Text()]);

        (await TakeAsync(_queue)).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_ClosedWhileHeld_HandsOutWhatWaits()
    {
        var worker = WorkerHeldBy(Text());

        _queue.Close();

        (await worker).ShouldBeTrue();
    }

    private PendingQueue Queue(PendingQueue? next) => new(maxTokens: 512, _places, tokenBudget: 1024, new LikeLengths(runOverheadTokens: 6), _time, workers: 1, next);

    private static PendingInference Text() => PendingTexts.Of(10);

    /// <summary>A worker whose queue has one text, 21 ms younger than the next one's.</summary>
    private Task<bool> WorkerHeldBy(params PendingInference[] next)
    {
        _next.Enqueue(next);
        _time.Advance(TimeSpan.FromMilliseconds(6));
        _queue.Enqueue([Text()]);
        return TakeAndBeHeld();
    }

    private Task<bool> TakeAndBeHeld()
    {
        var worker = TakeAsync(_queue);
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, Limit).ShouldBeTrue();
        return worker;
    }

    /// <summary>What a worker with an empty hand is told; a worker that nobody tells anything fails the test.</summary>
    private static Task<bool> TakeAsync(PendingQueue queue) => Threads.Start(() => queue.Take([])).WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
}
