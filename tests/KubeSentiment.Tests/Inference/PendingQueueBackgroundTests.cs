using KubeSentiment.Inference;
using KubeSentiment.Inference.Tokenization;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Inference;

/// <summary>Texts that nobody waits for let those go first that somebody does.</summary>
public sealed class PendingQueueBackgroundTests
{
    private const int Length = 16;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Take_BothWait_RequestsFirstAndNeverTogether()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 3, isBackground: true);
        Enqueue(queue, 2, isBackground: false);

        Take(queue, []).ShouldBe((2, false));
        Take(queue, []).ShouldBe((3, true));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Take_BackgroundAlone_TakesEverything()
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
        Take(queue, []).ShouldBe((1, false));

        Take(queue, []).ShouldBe((4, true));
    }

    [Fact]
    public async Task Take_RequestsLately_OneWorkerStaysFreeForThem()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Take(queue, []).ShouldBe((1, false));
        Enqueue(queue, 64, isBackground: true);
        List<PendingInference> first = [], second = [];
        Take(queue, first).ShouldBe((4, true));

        // The second worker gets none of the background's while the first one has some; it is there for the next request.
        var waiting = Task.Run(() => Take(queue, second), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.IdleWorkers == 1, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        Enqueue(queue, 1, isBackground: false);
        (await waiting).ShouldBe((1, false));

        // The first one has run its batch, and goes on.
        Take(queue, first).ShouldBe((4, true));
    }

    [Fact]
    public void Take_NoRequestForAWhile_BackgroundHasAllWorkersAgain()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Take(queue, []).ShouldBe((1, false));
        Enqueue(queue, 64, isBackground: true);

        _time.Advance(TimeSpan.FromSeconds(2));

        Take(queue, []).ShouldBe((32, true));
        Take(queue, []).ShouldBe((32, true));
    }

    [Fact]
    public void Take_RequestsWithoutEnd_BackgroundHasEveryFourthBatch()
    {
        var queue = Queue(workers: 1);
        Enqueue(queue, 64, isBackground: true);
        List<bool> turns = [];
        List<PendingInference> batch = [];
        for (var i = 0; i < 12; i++)
        {
            Enqueue(queue, 1, isBackground: false);
            turns.Add(Take(queue, batch).IsBackground);
        }

        turns.ShouldBe([false, false, false, true, false, false, false, true, false, false, false, true]);
    }

    [Fact]
    public void Take_StarvedBackgroundWentAway_RequestsGoOn()
    {
        using var gone = new CancellationTokenSource();
        var queue = Queue(workers: 1);
        queue.TryEnqueue([Text(isBackground: true, gone.Token)]).ShouldBeTrue();
        for (var i = 0; i < 3; i++)
        {
            Enqueue(queue, 1, isBackground: false);
            Take(queue, []).ShouldBe((1, false));
        }

        gone.Cancel();
        Enqueue(queue, 1, isBackground: false);

        Take(queue, []).ShouldBe((1, false));
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Close_WithBackgroundWaiting_HandsItOut()
    {
        var queue = Queue(workers: 2);
        Enqueue(queue, 1, isBackground: false);
        Enqueue(queue, 40, isBackground: true);
        List<PendingInference> batch = [];

        queue.Close();

        Take(queue, batch).ShouldBe((1, false));
        Take(queue, []).ShouldBe((32, true));
        Take(queue, []).ShouldBe((8, true));
        queue.Take(batch).ShouldBeFalse();
    }

    private static PendingInference Text(bool isBackground, CancellationToken cancellationToken = default) =>
        new(new InferenceRequest(new TokenizedText(new int[Length], Truncated: false), cancellationToken, IsBackground: isBackground), wantsEmbedding: false);

    private static void Enqueue(PendingQueue queue, int texts, bool isBackground) =>
        queue.TryEnqueue([.. Enumerable.Range(0, texts).Select(_ => Text(isBackground))]).ShouldBeTrue();

    private static (int Texts, bool IsBackground) Take(PendingQueue queue, List<PendingInference> batch)
    {
        queue.Take(batch).ShouldBeTrue();
        return (batch.Count, batch.TrueForAll(text => text.IsBackground));
    }

    private PendingQueue Queue(int workers) => new(maxTokens: 512, capacity: 1_000, tokenBudget: 512, runOverheadTokens: 6, _time, workers);
}
