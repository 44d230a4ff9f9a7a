using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>Who is let in, who waits, who is refused.</summary>
public sealed class AdmissionControllerTests : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider _time = new();
    private AdmissionController _gate;

    public AdmissionControllerTests() => _gate = Gates.Gate(_time, maxWait: MaxWait);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task TryEnter_Free_LetsInAtOnce()
    {
        using (var admission = await Enter(3))
        {
            admission.IsAdmitted.ShouldBeTrue();
            admission.Waited.ShouldBe(TimeSpan.Zero);
            _gate.Active.ShouldBe(3);
        }

        _gate.Active.ShouldBe(0);
    }

    [Fact]
    public async Task TryEnter_Full_WaitsForAPlace()
    {
        var first = await Enter(10);
        var second = Enter(1);
        second.IsCompleted.ShouldBeFalse();
        _gate.Queued.ShouldBe(1);
        _time.Advance(Millisecond);

        first.Dispose();

        (await second.Soon()).Waited.ShouldBe(Millisecond);
        _gate.Active.ShouldBe(1);
        _gate.Queued.ShouldBe(0);
    }

    [Fact]
    public async Task TryEnter_LetInByAThread_GoesOnAtThePool()
    {
        var first = await Enter(10);
        var thread = Threads.AfterAsync(Enter(1));

        await Threads.Start(first.Dispose);

        (await thread).IsOfPool.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnterBriefly_LetInByAThread_GoesOnThere()
    {
        var first = await Enter(10);
        var thread = Threads.AfterAsync(_gate.TryEnterBrieflyAsync(1, TestContext.Current.CancellationToken).AsTask());

        var letsIn = await Threads.Start(() =>
        {
            first.Dispose();
            return Environment.CurrentManagedThreadId;
        });

        (await thread).Id.ShouldBe(letsIn);
    }

    /// <summary>Callers who have nothing to wait for let each other in: one on top of the other they would use up the stack.</summary>
    [Fact]
    public async Task TryEnterBriefly_ThousandsWithNothingToWaitFor_AllPass()
    {
        const int callers = 50_000;
        using var gate = Gates.Gate(_time, limit: 1, queue: callers);
        var first = await gate.TryEnterAsync(1, TestContext.Current.CancellationToken);
        var all = Enumerable.Range(0, callers).Select(_ => PassAsync()).ToList();

        first.Dispose();

        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        (gate.Active, gate.Queued).ShouldBe((0, 0));

        async Task PassAsync()
        {
            using var admission = await gate.TryEnterBrieflyAsync(1, TestContext.Current.CancellationToken);
            admission.IsAdmitted.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task TryEnter_MoreTextsThanTheLimit_IsLetInAlone()
    {
        var small = await Enter(1);
        var batch = Enter(1_000);
        batch.IsCompleted.ShouldBeFalse();

        small.Dispose();

        using var admission = await batch.Soon();
        _gate.Active.ShouldBe(10);
        _gate.ShouldAccept(1).ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_QueueFull_IsRefusedAtOnce()
    {
        Use(Gates.Gate(_time, limit: 10, queue: 10, maxWait: MaxWait));
        await Enter(10);
        var waiting = Enter(20);

        var refused = await Enter(1).Soon();

        refused.IsAdmitted.ShouldBeFalse();
        refused.Refusal.ShouldBe(AdmissionRefusal.QueueFull);
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        // Twenty texts weigh as much as the gate holds.
        _gate.Queued.ShouldBe(10);
    }

    [Fact]
    public async Task TryEnter_QueueFull_CountsTexts()
    {
        Use(Gates.Gate(_time, limit: 10, queue: 5));
        await Enter(10);

        (await Enter(6).Soon()).Refusal.ShouldBe(AdmissionRefusal.QueueFull);
        Enter(5).IsCompleted.ShouldBeFalse();
        (await Enter(1).Soon()).Refusal.ShouldBe(AdmissionRefusal.QueueFull);
    }

    [Fact]
    public async Task TryEnter_NoQueue_LetsInOrRefuses()
    {
        Use(Gates.Gate(_time, limit: 1, queue: 0));
        var first = await Enter(1).Soon();

        (await Enter(1).Soon()).Refusal.ShouldBe(AdmissionRefusal.QueueFull);
        _gate.ShouldAccept().ShouldBeFalse();
        first.Dispose();
        (await Enter(1).Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_JustBeforeTheLongestWait_StillWaits()
    {
        await Enter(10);
        var waiting = Enter(1);

        _time.Advance(MaxWait - Millisecond);
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(Millisecond);

        var refused = await waiting.Soon();
        refused.Refusal.ShouldBe(AdmissionRefusal.WaitedTooLong);
        refused.Waited.ShouldBe(MaxWait);
        _gate.Queued.ShouldBe(0);
    }

    [Fact]
    public async Task TryEnter_EachAtItsOwnTime_ExpiresAtItsOwnTime()
    {
        await Enter(10);
        var early = Enter(1);
        _time.Advance(MaxWait / 2);
        var late = Enter(1);

        _time.Advance(MaxWait / 2);
        (await early.Soon()).Refusal.ShouldBe(AdmissionRefusal.WaitedTooLong);
        late.IsCompleted.ShouldBeFalse();
        _time.Advance(MaxWait / 2);

        (await late.Soon()).Refusal.ShouldBe(AdmissionRefusal.WaitedTooLong);
    }

    [Fact]
    public async Task TryEnter_LargeBatchInFrontExpires_LetsThoseBehindIn()
    {
        await Enter(5);
        var large = Enter(10);
        _time.Advance(MaxWait / 2);
        var small = Enter(5);
        small.IsCompleted.ShouldBeFalse();

        _time.Advance(MaxWait / 2);

        (await large.Soon()).Refusal.ShouldBe(AdmissionRefusal.WaitedTooLong);
        (await small.Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_Many_AreLetInInTheOrderOfTheirArrival()
    {
        Use(Gates.Gate(_time, limit: 1, queue: 100));
        var inside = await Enter(1);
        var waiting = Enumerable.Range(0, 100).Select(_ => Enter(1)).ToList();

        for (var i = 0; i < waiting.Count; i++)
        {
            inside.Dispose();
            inside = await waiting[i].Soon();
            inside.IsAdmitted.ShouldBeTrue();
            _gate.Queued.ShouldBe(waiting.Count - i - 1);
            waiting.Skip(i + 1).ShouldAllBe(entry => !entry.IsCompleted);
        }
    }

    [Fact]
    public async Task TryEnter_SmallBehindLarge_DoesNotOvertake()
    {
        var first = await Enter(5);
        var large = Enter(10);
        var small = Enter(1);
        small.IsCompleted.ShouldBeFalse();

        first.Dispose();

        using (await large.Soon())
        {
            small.IsCompleted.ShouldBeFalse();
        }

        (await small.Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_CancelledWhileWaiting_LeavesAtOnce()
    {
        await Enter(5);
        using var cancellation = new CancellationTokenSource();
        var large = _gate.TryEnterAsync(10, cancellation.Token).AsTask();
        var small = Enter(5);
        _gate.Queued.ShouldBe(15);

        await cancellation.CancelAsync();

        _gate.Queued.ShouldBe(0);
        await Should.ThrowAsync<OperationCanceledException>(() => large.Soon());
        (await small.Soon()).IsAdmitted.ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnter_CancelledBefore_NeverWaits()
    {
        await Enter(10);

        await Should.ThrowAsync<OperationCanceledException>(() => _gate.TryEnterAsync(1, new CancellationToken(canceled: true)).AsTask());
        await Should.ThrowAsync<OperationCanceledException>(() => _gate.EnterAsync(1, new CancellationToken(canceled: true)).AsTask());
        _gate.Queued.ShouldBe(0);
        _gate.QueuedInBackground.ShouldBe(0);
    }

    [Fact]
    public void TryEnter_NoTexts_IsABug() => Should.Throw<ArgumentOutOfRangeException>(() => _gate.TryEnterAsync(0, CancellationToken.None).AsTask());

    [Fact]
    public async Task Dispose_Twice_GivesOnePlaceBack()
    {
        var first = await Enter(4);
        var copy = first;
        await Enter(4);

        first.Dispose();
        copy.Dispose();
        first.Dispose();

        _gate.Active.ShouldBe(4);
    }

    [Fact]
    public async Task Dispose_LateAfterThePlaceWasTakenAgain_HarmsNobody()
    {
        var first = await Enter(10);
        first.Dispose();
        var second = await Enter(10);

        first.Dispose();

        _gate.Active.ShouldBe(10);
        second.Dispose();
        _gate.Active.ShouldBe(0);
    }

    [Fact]
    public void Dispose_OfNothing_DoesNothing() => default(Admission).Dispose();

    [Fact]
    public async Task ShouldAccept_QueueFull_IsFalse()
    {
        Use(Gates.Gate(_time, limit: 10, queue: 5));
        _gate.ShouldAccept(10).ShouldBeTrue();
        await Enter(10);

        _gate.ShouldAccept(5).ShouldBeTrue();
        _gate.ShouldAccept(6).ShouldBeFalse();
    }

    private Task<Admission> Enter(int texts) => _gate.TryEnterAsync(texts, CancellationToken.None).AsTask();

    private void Use(AdmissionController gate)
    {
        _gate.Dispose();
        _gate = gate;
    }
}
