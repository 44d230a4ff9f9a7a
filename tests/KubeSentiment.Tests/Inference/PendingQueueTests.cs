using KubeSentiment.Inference;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Which texts share a batch, and in what order.</summary>
public class PendingQueueTests
{
    private const int MaxTokens = 512;
    private const int Overhead = 6;
    private readonly List<PendingInference> _batch = [];

    [Fact]
    public void Take_SameLength_ShareOneBatch()
    {
        var queue = Queue();
        Enqueue(queue, 10, 10, 10);

        Take(queue).ShouldBe([10, 10, 10]);
    }

    [Fact]
    public void Take_OldestFirst_WhateverItsLength()
    {
        var queue = Queue();
        Enqueue(queue, 300, 10, 10, 10);

        Take(queue).ShouldBe([300]);
        Take(queue).ShouldBe([10, 10, 10]);
    }

    [Fact]
    public void Take_NeighboursWithinARunsCost_Join()
    {
        var queue = Queue();
        Enqueue(queue, 10, 12, 8);

        Take(queue).ShouldBe([10, 8, 12], ignoreOrder: true);
    }

    [Fact]
    public void Take_PaddingDearerThanARun_StaysApart()
    {
        var queue = Queue();
        // Three texts padded by two tokens each: six tokens, as much as a run of their own.
        Enqueue(queue, 10, 8, 8, 8);

        Take(queue).ShouldBe([10]);
        Take(queue).ShouldBe([8, 8, 8]);
    }

    [Fact]
    public void Take_OverTheTokenBudget_Splits()
    {
        var queue = Queue(budget: 64);
        Enqueue(queue, 16, 16, 16, 16, 16);

        Take(queue).Length.ShouldBe(4);
        Take(queue).Length.ShouldBe(1);
    }

    [Fact]
    public void Take_OneTextOverTheBudget_RunsAlone()
    {
        var queue = Queue(budget: 64);
        Enqueue(queue, 500, 500);

        Take(queue).ShouldBe([500]);
        Take(queue).ShouldBe([500]);
    }

    [Fact]
    public void Take_LongerNeighbour_CountsAgainstTheBudgetAtItsLength()
    {
        var queue = Queue(budget: 64);
        // Four rows of 15 are 60 tokens; a fifth row of 16 would make it 80.
        Enqueue(queue, 15, 15, 15, 15, 16);

        Take(queue).ShouldBe([15, 15, 15, 15]);
    }

    [Fact]
    public void Take_CancelledTexts_AreSkippedAndLeaveRoom()
    {
        var places = new QueuePlaces(2);
        places.TryTake(2).ShouldBeTrue();
        var queue = new PendingQueue(MaxTokens, places, 1024, new LikeLengths(Overhead), new FakeTimeProvider());
        using var cancellation = new CancellationTokenSource();
        PendingInference[] texts = [PendingTexts.Of(10, caller: cancellation), PendingTexts.Of(10)];
        queue.Enqueue(texts);

        cancellation.Cancel();

        texts[0].Answer.IsCanceled.ShouldBeTrue();
        Take(queue).Length.ShouldBe(1);
        queue.Count.ShouldBe(0);
        // The other's place is with whoever took it.
        places.Taken.ShouldBe(1);
    }

    [Fact]
    public void Take_ClosedQueue_HandsOutWhatWaitsThenEnds()
    {
        var queue = Queue();
        Enqueue(queue, 10);

        queue.Close();

        queue.Take(_batch).ShouldBeTrue();
        queue.Take(_batch).ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => queue.Enqueue([PendingTexts.Of(10)]));
    }

    [Fact]
    public async Task Take_IdleWorkers_ShareWhatArrives()
    {
        var queue = Queue();
        List<PendingInference> first = [];
        List<PendingInference> second = [];
        var workers = new[] { first, second }.Select(batch => Threads.Start(() => queue.Take(batch))).ToArray();
        SpinWait.SpinUntil(() => queue.IdleWorkers == 2, TimeSpan.FromSeconds(10)).ShouldBeTrue();

        Enqueue(queue, 10, 10, 10, 10);
        await Task.WhenAll(workers);

        first.Count.ShouldBe(2);
        second.Count.ShouldBe(2);
    }

    private static PendingQueue Queue(int budget = 1024) => new(MaxTokens, new QueuePlaces(1000), budget, new LikeLengths(Overhead), new FakeTimeProvider());

    private static void Enqueue(PendingQueue queue, params int[] lengths) =>
        queue.Enqueue(lengths.Select(length => PendingTexts.Of(length)).ToArray());

    private int[] Take(PendingQueue queue)
    {
        queue.Take(_batch).ShouldBeTrue();
        return [.. _batch.Select(text => text.Length)];
    }
}
