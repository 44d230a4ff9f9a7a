using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>Who leads, who waits, who leaves.</summary>
public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flights = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_SameKeyTwice_OneLeadsAndBothGetTheAnswer()
    {
        var first = _flights.Join("a", Cancellation);
        var second = _flights.Join("a", Cancellation);

        first.Complete(7);

        (first.Leads, second.Leads).ShouldBe((true, false));
        (await first.Answer, await second.Answer).ShouldBe((7, 7));
        _flights.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Follow_OneLeadsAndOneWaits_OnlyTheLeaderGoesOnAtTheThreadThatComputed()
    {
        var computation = new TaskCompletionSource<int>();
        var leader = _flights.Join("a", Cancellation);
        var other = _flights.Join("a", Cancellation);
        leader.Follow(computation.Task);
        var leaderWentOn = Threads.AfterAsync(leader.Answer);
        var otherWentOn = Threads.AfterAsync(other.Answer);
        var computing = new Thread(() => computation.SetResult(7));
        computing.Start();
        computing.Join();

        (await leaderWentOn).Id.ShouldBe(computing.ManagedThreadId);
        (await otherWentOn).Id.ShouldNotBe(computing.ManagedThreadId);
    }

    [Fact]
    public async Task Join_AfterTheEnd_LeadsAnew()
    {
        var first = _flights.Join("a", Cancellation);
        first.Complete(7);

        var second = _flights.Join("a", Cancellation);
        second.Complete(8);

        second.Leads.ShouldBeTrue();
        (await second.Answer).ShouldBe(8);
    }

    [Fact]
    public async Task Fail_AllWhoWait_GetIt_AndItIsForgotten()
    {
        var first = _flights.Join("a", Cancellation);
        var second = _flights.Join("a", Cancellation);

        first.Fail(new InvalidOperationException("broken"));

        (await Should.ThrowAsync<InvalidOperationException>(first.Answer)).Message.ShouldBe("broken");
        (await Should.ThrowAsync<InvalidOperationException>(second.Answer)).Message.ShouldBe("broken");
        _flights.Join("a", Cancellation).Leads.ShouldBeTrue();
    }

    [Fact]
    public async Task Cancel_OfTheLeader_LeavesTheOthersTheirAnswer()
    {
        using var leaving = new CancellationTokenSource();
        var computation = new TaskCompletionSource<int>();
        var leader = _flights.Join("a", leaving.Token);
        var other = _flights.Join("a", Cancellation);
        leader.Follow(computation.Task);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leader.Answer);
        leader.Abandoned.IsCancellationRequested.ShouldBeFalse();
        computation.SetResult(7);

        (await other.Answer).ShouldBe(7);
    }

    [Fact]
    public async Task Cancel_OfTheLastWaiter_AbandonsTheComputation()
    {
        using var leaving = new CancellationTokenSource();
        var leader = _flights.Join("a", leaving.Token);
        var other = _flights.Join("a", leaving.Token);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leader.Answer);
        await Should.ThrowAsync<OperationCanceledException>(other.Answer);

        leader.Abandoned.IsCancellationRequested.ShouldBeTrue();
        _flights.Count.ShouldBe(0);
        _flights.Join("a", Cancellation).Leads.ShouldBeTrue();
        // Too late: nobody hears it, nothing breaks.
        leader.Complete(7);
    }

    [Fact]
    public async Task Follow_CancelledComputation_IsCancelledForAll()
    {
        var leader = _flights.Join("a", Cancellation);
        var other = _flights.Join("a", Cancellation);

        leader.Follow(Task.FromCanceled<int>(new CancellationToken(canceled: true)));

        await Should.ThrowAsync<OperationCanceledException>(leader.Answer);
        await Should.ThrowAsync<OperationCanceledException>(other.Answer);
    }

    [Fact]
    public async Task Join_TwoBatchesThatShareKeys_NeitherBlocksTheOther()
    {
        // The first leads a and waits for b, the second the other way round.
        var firstA = _flights.Join("a", Cancellation);
        var secondB = _flights.Join("b", Cancellation);
        var firstB = _flights.Join("b", Cancellation);
        var secondA = _flights.Join("a", Cancellation);

        firstA.Complete(1);
        secondB.Complete(2);

        (await Task.WhenAll(firstA.Answer, firstB.Answer)).ShouldBe([1, 2]);
        (await Task.WhenAll(secondA.Answer, secondB.Answer)).ShouldBe([1, 2]);
    }
}
