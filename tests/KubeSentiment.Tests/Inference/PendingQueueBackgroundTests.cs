using KubeSentiment.Inference;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Texts that nobody waits for let those go first that somebody does.</summary>
public sealed class PendingQueueBackgroundTests
{
    private const int Length = 16;

    private readonly FakeTimeProvider _time = new();

    // Of the worker that takes where none is named.
    private readonly List<PendingInference> _batch = [];

    [Fact]
    public void Take_BothWait_RequestsFirstAndNeverTogether()
    {
        var queue = Queue(workers: 1);
        Enqueue(queue, 2, isBackground: true);
        Enqueue(queue, 3, isBackground: false);

        Take(queue).ShouldBe((3, false));
        Take(queue).ShouldBe((2, true));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Take_BackgroundAlone_HasAllWorkers()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 64, isBackground: true);

        Take(queue, []).ShouldBe((32, true));
        Take(queue, []).ShouldBe((32, true));
    }

    [Fact]
    public void Take_RequestsLately_BackgroundRunsAreShort()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Enqueue(queue, 64, isBackground: true);

        Take(queue).ShouldBe((1, false));
        Take(queue).ShouldBe((2, true));
        Take(queue).ShouldBe((2, true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_RequestsLately_BackgroundLeavesAWorkerForTheNextRequest(bool backgroundRuns)
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        List<PendingInference> first = [], second = [];
        Take(queue, first).ShouldBe((1, false));
        Enqueue(queue, 64, isBackground: true);
        if (backgroundRuns)
        {
            Take(queue, first).ShouldBe((2, true));
        }

        // The first worker runs something; so the second gets nothing of the background's, and is there for the next request.
        var waiting = Task.Run(() => Take(queue, second), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.IdleWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        Enqueue(queue, 1, isBackground: false);
        (await waiting).ShouldBe((1, false));

        // Whoever is done when the other one waits takes the background's.
        waiting = Task.Run(() => Take(queue, first), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.IdleWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        Take(queue, second).ShouldBe((2, true));
        Enqueue(queue, 1, isBackground: false);
        (await waiting).ShouldBe((1, false));
    }

    [Fact]
    public void Take_NoRequestForAWhile_BackgroundHasAllWorkersAgain()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Take(queue).ShouldBe((1, false));
        Enqueue(queue, 64, isBackground: true);

        _time.Advance(TimeSpan.FromSeconds(2));

        Take(queue).ShouldBe((32, true));
        Take(queue, []).ShouldBe((32, true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Take_RequestsWithoutEnd_BackgroundHasEveryEighthBatch(int workers)
    {
        var queue = Queue(workers);
        Enqueue(queue, 64, isBackground: true);
        List<PendingInference>[] batches = [.. Enumerable.Range(0, workers).Select(_ => new List<PendingInference>())];
        List<bool> turns = [];
        for (var i = 0; i < 32; i++)
        {
            Enqueue(queue, 1, isBackground: false);
            turns.Add(Take(queue, batches[i % workers]).IsBackground);
        }

        turns.Index().Where(turn => turn.Item).Select(turn => turn.Index).ShouldBe(workers == 1 ? [7, 15, 23, 31] : [7, 16, 25]);
    }

    [Fact]
    public void Take_StarvedBackgroundWentAway_RequestsGoOn()
    {
        using var gone = new CancellationTokenSource();
        var queue = Queue(workers: 1);
        queue.Enqueue([PendingTexts.Of(Length, isBackground: true, gone)]);
        for (var i = 0; i < 7; i++)
        {
            Enqueue(queue, 1, isBackground: false);
            Take(queue).ShouldBe((1, false));
        }

        gone.Cancel();
        Enqueue(queue, 1, isBackground: false);

        Take(queue).ShouldBe((1, false));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Close_WithBackgroundWaiting_HandsItOut()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Enqueue(queue, 40, isBackground: true);

        queue.Close();

        Take(queue).ShouldBe((1, false));
        Take(queue).ShouldBe((32, true));
        Take(queue).ShouldBe((8, true));
        queue.Take(_batch).ShouldBeFalse();
    }

    private static void Enqueue(PendingQueue queue, int texts, bool isBackground) =>
        queue.Enqueue([.. Enumerable.Range(0, texts).Select(_ => PendingTexts.Of(Length, isBackground))]);

    private static (int Texts, bool IsBackground) Take(PendingQueue queue, List<PendingInference> batch)
    {
        queue.Take(batch).ShouldBeTrue();
        return (batch.Count, batch.TrueForAll(text => text.IsBackground));
    }

    private (int Texts, bool IsBackground) Take(PendingQueue queue) => Take(queue, _batch);

    private PendingQueue Queue(int workers) => new(maxTokens: 512, new QueuePlaces(1_000), tokenBudget: 512, new LikeLengths(runOverheadTokens: 6), _time, workers);
}
