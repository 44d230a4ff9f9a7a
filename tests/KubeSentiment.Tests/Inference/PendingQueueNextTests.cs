using KubeSentiment.Inference;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Who goes first when a queue's workers pass texts on to a second one, which falls behind.</summary>
public sealed class PendingQueueNextTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly QueuePlaces _places = new(1000);
    private readonly PendingQueue _next;
    private readonly PendingQueue _queue;
    private readonly List<PendingInference> _batch = [];

    public PendingQueueNextTests()
    {
        _next = Queue(next: null);
        _queue = Queue(_next);
        _places.TryTake(10).ShouldBeTrue();
    }

    [Fact]
    public void Take_NextQueueALittleBehind_GoesFirst()
    {
        _next.Enqueue([Text()]);
        _time.Advance(TimeSpan.FromMilliseconds(5));
        _queue.Enqueue([Text()]);

        _queue.Take(_batch).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffUntilTheFirstTextThereIsTaken()
    {
        var worker = WorkerHeldBy(Text());

        _next.Take(_batch).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffAsLongAsOlderTextsFollowThere()
    {
        var worker = WorkerHeldBy(Text(), PendingTexts.Of(100));

        _next.Take(_batch).ShouldBeTrue();
        worker.IsCompleted.ShouldBeFalse();
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        _next.Take(_batch).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_TextPassedOn_IsAsOldAsWhenItCame()
    {
        PendingInference[] passedOn = [Text()];
        _queue.Enqueue(passedOn);
        _queue.Take(_batch).ShouldBeTrue();
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
        var idle = Threads.Start(() => _next.Take([]));

        (await worker).ShouldBeTrue();
        _next.Close();
        (await idle).ShouldBeFalse();
    }

    [Fact]
    public void Take_OnlyTheBackgroundWaitsInTheNextQueue_GoesFirst()
    {
        _next.Enqueue([PendingTexts.Of(10, isBackground: true)]);
        _time.Advance(TimeSpan.FromMinutes(1));
        _queue.Enqueue([Text()]);

        _queue.Take(_batch).ShouldBeTrue();
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
        var worker = Threads.Start(() => _queue.Take([]));
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return worker;
    }
}
