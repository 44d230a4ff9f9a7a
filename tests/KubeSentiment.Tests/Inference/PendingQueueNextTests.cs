using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
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
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _queue.Enqueue([Text()]);

        _queue.Take(_batch).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffUntilTheFirstTextThereIsTaken()
    {
        _next.Enqueue([Text()]);
        _time.Advance(TimeSpan.FromMilliseconds(21));
        _queue.Enqueue([Text()]);
        var worker = TakeAndBeHeld();

        _next.Take(_batch).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_NextQueueFarBehind_HoldsOffAsLongAsOlderTextsFollowThere()
    {
        _next.Enqueue([Text(), Text(length: 100)]);
        _time.Advance(TimeSpan.FromMilliseconds(21));
        _queue.Enqueue([Text()]);
        var worker = TakeAndBeHeld();

        _next.Take(_batch).ShouldBeTrue();
        worker.IsCompleted.ShouldBeFalse();
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        _next.Take(_batch).ShouldBeTrue();

        (await worker).ShouldBeTrue();
    }

    [Fact]
    public void Take_TextPassedOn_IsAsOldAsWhenItCame()
    {
        PendingInference[] passedOn = [Text()];
        _queue.Enqueue(passedOn);
        _queue.Take(_batch).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(21));
        _queue.Enqueue([Text()]);

        _next.Enqueue(passedOn);

        _ = TakeAndBeHeld();
    }

    [Fact]
    public async Task Take_TheFirstTextOfTheNextQueueHasNoCallerLeft_IsNotHeldByIt()
    {
        using var caller = new CancellationTokenSource();
        _next.Enqueue([Text(caller: caller)]);
        _time.Advance(TimeSpan.FromMilliseconds(21));
        _queue.Enqueue([Text()]);
        var worker = TakeAndBeHeld();

        await caller.CancelAsync();
        var idle = Start(() => _next.Take([]));

        (await worker).ShouldBeTrue();
        _next.Close();
        (await idle).ShouldBeFalse();
    }

    [Fact]
    public void Take_OnlyTheBackgroundWaitsInTheNextQueue_GoesFirst()
    {
        _next.Enqueue([Text(isBackground: true)]);
        _time.Advance(TimeSpan.FromMinutes(1));
        _queue.Enqueue([Text()]);

        _queue.Take(_batch).ShouldBeTrue();
    }

    [Fact]
    public async Task Take_ClosedWhileHeld_HandsOutWhatWaits()
    {
        _next.Enqueue([Text()]);
        _time.Advance(TimeSpan.FromMilliseconds(21));
        _queue.Enqueue([Text()]);
        var worker = TakeAndBeHeld();

        _queue.Close();

        (await worker).ShouldBeTrue();
    }

    private PendingQueue Queue(PendingQueue? next) => new(maxTokens: 512, _places, tokenBudget: 1024, runOverheadTokens: 6, _time, workers: 1, next);

    private static PendingInference Text(int length = 10, bool isBackground = false, CancellationTokenSource? caller = null) =>
        new(new InferenceRequest(new TokenizedText(new int[length], Truncated: false), caller?.Token ?? CancellationToken.None, IsBackground: isBackground), wantsEmbedding: false);

    private Task<bool> TakeAndBeHeld()
    {
        var worker = Start(() => _queue.Take([]));
        SpinWait.SpinUntil(() => _queue.HeldWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        return worker;
    }

    private static Task<bool> Start(Func<bool> take) => Task.Factory.StartNew(take, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
