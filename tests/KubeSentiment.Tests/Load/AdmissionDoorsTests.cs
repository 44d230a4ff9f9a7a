using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>Two doors on one gate: neither starves the other.</summary>
public sealed class AdmissionDoorsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Enter_QueueFull_StillWaits()
    {
        using var gate = Gates.Gate(_time, limit: 1, queue: 0);
        var inside = await gate.TryEnterAsync(1, CancellationToken.None);

        var background = gate.EnterAsync(1, CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromDays(1));
        background.IsCompleted.ShouldBeFalse();
        gate.QueuedInBackground.ShouldBe(1);
        inside.Dispose();

        (await background.Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_BackgroundWaitsForMore_Passes()
    {
        using var gate = Gates.Gate(_time, queue: 0);
        await gate.TryEnterAsync(5, CancellationToken.None);
        var background = gate.EnterAsync(10, CancellationToken.None).AsTask();

        (await gate.TryEnterAsync(1, CancellationToken.None)).IsAdmitted.ShouldBeTrue();

        background.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnter_BackgroundHasEarnedItsTurn_Waits()
    {
        using var gate = Gates.Gate(_time, limit: 10, share: 0.5);
        var inside = await gate.TryEnterAsync(1, CancellationToken.None);
        var background = gate.EnterAsync(10, CancellationToken.None).AsTask();
        // With half of the share each, ten texts let in past the background pay for its ten.
        for (var i = 0; i < 10; i++)
        {
            (await gate.TryEnterAsync(1, CancellationToken.None)).Dispose();
        }

        var late = gate.TryEnterAsync(1, CancellationToken.None).AsTask();
        late.IsCompleted.ShouldBeFalse();
        inside.Dispose();

        using (await background.Soon())
        {
            late.IsCompleted.ShouldBeFalse();
        }

        (await late.Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0.25, 1, 1)]
    [InlineData(0.25, 1, 5)]
    [InlineData(0.5, 3, 2)]
    [InlineData(0.1, 1, 10)]
    public async Task BothDoors_AlwaysWaiting_ShareAsSet(double share, int interactiveTexts, int backgroundTexts)
    {
        using var gate = Gates.Gate(_time, limit: 10, queue: 1_000_000, share: share);
        var inside = await gate.TryEnterAsync(10, CancellationToken.None);
        var interactive = new Queue<Task<Admission>>(Enumerable.Range(0, 2_000).Select(_ => gate.TryEnterAsync(interactiveTexts, CancellationToken.None).AsTask()));
        var background = new Queue<Task<Admission>>(Enumerable.Range(0, 2_000).Select(_ => gate.EnterAsync(backgroundTexts, CancellationToken.None).AsTask()));

        var places = new Queue<Admission>([inside]);
        var (passedInteractive, passedBackground) = (0, 0);
        while (passedInteractive + passedBackground < 1_500)
        {
            var before = (gate.Queued, gate.QueuedInBackground);
            places.Dequeue().Dispose();
            // Whoever was let in counts in the lines at once; the places themselves come a moment later.
            for (var n = (before.Queued - gate.Queued) / interactiveTexts; n > 0; n--, passedInteractive += interactiveTexts)
            {
                places.Enqueue(await interactive.Dequeue().Soon());
            }

            for (var n = (before.QueuedInBackground - gate.QueuedInBackground) / backgroundTexts; n > 0; n--, passedBackground += backgroundTexts)
            {
                places.Enqueue(await background.Dequeue().Soon());
            }
        }

        ((double)passedBackground / (passedBackground + passedInteractive)).ShouldBe(share, 0.02);
    }

    [Fact]
    public async Task Enter_CancelledBackground_LosesItsCredit()
    {
        using var gate = Gates.Gate(_time, limit: 10, share: 0.5);
        await gate.TryEnterAsync(1, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var background = gate.EnterAsync(10, cancellation.Token).AsTask();
        for (var i = 0; i < 10; i++)
        {
            (await gate.TryEnterAsync(1, CancellationToken.None)).Dispose();
        }

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => background.Soon());
        var next = gate.EnterAsync(10, CancellationToken.None).AsTask();

        (await gate.TryEnterAsync(1, CancellationToken.None)).IsAdmitted.ShouldBeTrue();
        next.IsCompleted.ShouldBeFalse();
    }
}
