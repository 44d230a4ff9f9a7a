using KubeSentiment.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Resilience;

/// <summary>When a breaker lets calls through, and what moves it.</summary>
public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private readonly FakeTimeProvider _time = new();
    private readonly List<CircuitTransition> _transitions = [];
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker("redis", 5, Recovery, _time, _transitions.Add);

    [Fact]
    public void Failed_BelowTheThreshold_StaysClosed()
    {
        Fail(4);

        _breaker.State.ShouldBe(CircuitState.Closed);
        _transitions.ShouldBeEmpty();
    }

    [Fact]
    public void Failed_AtTheThreshold_Opens()
    {
        Fail(5);

        _breaker.State.ShouldBe(CircuitState.Open);
        _breaker.TryEnter(out _).ShouldBeFalse();
        _breaker.Rejected.ShouldBe(1);
        _transitions.ShouldBe([new("redis", CircuitState.Closed, CircuitState.Open, 5)]);
    }

    [Fact]
    public void TurnedAway_WhileOpen_IsCountedAndIsNoTrial()
    {
        Fail(5);
        _time.Advance(Recovery);

        _breaker.TurnedAway();

        (_breaker.State, _breaker.Rejected).ShouldBe((CircuitState.Open, 1));
        Enter().Succeeded();
        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Succeeded_BetweenFailures_ForgetsThem()
    {
        Fail(4);
        Enter().Succeeded();
        Fail(4);

        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Abandoned_BetweenFailures_CountsAsNothing()
    {
        Fail(4);
        Enter().Abandoned();
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(4);
        Fail(1);

        _breaker.State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void TryEnter_JustBeforeTheRecoveryTimeout_IsTurnedAway()
    {
        Fail(5);
        _time.Advance(Recovery - Tick);

        _breaker.TryEnter(out _).ShouldBeFalse();
        _breaker.State.ShouldBe(CircuitState.Open);
        _breaker.RetryAfter.ShouldBe(Tick);
    }

    [Fact]
    public void TryEnter_AtTheRecoveryTimeout_LetsOneTrialThrough()
    {
        Open();

        _breaker.TryEnter(out _).ShouldBeTrue();
        _breaker.State.ShouldBe(CircuitState.HalfOpen);
        _breaker.TryEnter(out _).ShouldBeFalse();
        _breaker.RetryAfter.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Succeeded_Trial_Closes()
    {
        Open();
        Enter().Succeeded();

        _breaker.State.ShouldBe(CircuitState.Closed);
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
        _transitions.Select(change => change.To).ShouldBe([CircuitState.Open, CircuitState.HalfOpen, CircuitState.Closed]);
    }

    [Fact]
    public void Failed_Trial_OpensForTheFullTimeoutAgain()
    {
        Open();
        Enter().Failed();

        _breaker.State.ShouldBe(CircuitState.Open);
        _breaker.RetryAfter.ShouldBe(Recovery);
        _time.Advance(Recovery - Tick);
        _breaker.TryEnter(out _).ShouldBeFalse();
        _time.Advance(Tick);
        _breaker.TryEnter(out _).ShouldBeTrue();
    }

    [Fact]
    public void Abandoned_Trial_GivesTheTurnToTheNextCall()
    {
        Open();
        Enter().Abandoned();

        _breaker.State.ShouldBe(CircuitState.HalfOpen);
        _breaker.TryEnter(out var next).ShouldBeTrue();
        _breaker.TryEnter(out _).ShouldBeFalse();
        next.Succeeded();
        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Abandoned_TrialReportsTwice_FreesNoSecondTrial()
    {
        Open();
        var trial = Enter();
        trial.Abandoned();
        Enter();

        trial.Abandoned();

        _breaker.TryEnter(out _).ShouldBeFalse();
    }

    [Fact]
    public void TryEnter_TrialThatNeverReports_IsReplacedAfterTheRecoveryTimeout()
    {
        Open();
        var leaked = Enter();
        _time.Advance(Recovery - Tick);
        _breaker.TryEnter(out _).ShouldBeFalse();
        _time.Advance(Tick);

        var trial = Enter();
        leaked.Failed();

        _breaker.State.ShouldBe(CircuitState.HalfOpen);
        trial.Succeeded();
        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Failed_CallFromBeforeTheOpening_IsNotHeard()
    {
        var early = Enter();
        Open();
        Enter().Succeeded();
        Fail(4);

        early.Failed();

        _breaker.State.ShouldBe(CircuitState.Closed);
    }

    [Fact]
    public void Succeeded_CallFromBeforeTheOpening_ClosesNothing()
    {
        var early = Enter();
        Fail(5);

        early.Succeeded();

        _breaker.State.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void Failed_ManyAtOnce_OpenOnlyOnce()
    {
        var calls = Enumerable.Range(0, 20).Select(_ => Enter()).ToList();

        calls.ForEach(call => call.Failed());

        _transitions.Count.ShouldBe(1);
        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(5);
    }

    [Fact]
    public void Reset_Open_Closes()
    {
        Fail(5);

        _breaker.Reset();

        _breaker.State.ShouldBe(CircuitState.Closed);
        _breaker.TryEnter(out _).ShouldBeTrue();
        _transitions[^1].ShouldBe(new("redis", CircuitState.Open, CircuitState.Closed, 0));
    }

    [Fact]
    public void Reset_Closed_ForgetsFailuresAndCallsUnderWay()
    {
        var early = Enter();
        Fail(4);

        _breaker.Reset();
        early.Failed();

        _breaker.Snapshot().ConsecutiveFailures.ShouldBe(0);
        _transitions.ShouldBeEmpty();
    }

    [Fact]
    public void OnTransition_CallsTheBreaker_DoesNotDeadlock()
    {
        CircuitBreaker? breaker = null;
        var seen = CircuitState.Closed;
        breaker = new CircuitBreaker("model", 1, Recovery, _time, _ => seen = Task.Run(() => breaker!.Snapshot().State).GetAwaiter().GetResult());

        breaker.TryEnter(out var call).ShouldBeTrue();
        call.Failed();

        seen.ShouldBe(CircuitState.Open);
    }

    [Fact]
    public void Snapshot_Open_SaysSinceWhenAndForHowLong()
    {
        _time.Advance(TimeSpan.FromSeconds(7));
        Fail(5);
        var opened = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(10));
        _breaker.TryEnter(out _);

        _breaker.Snapshot().ShouldBe(new CircuitSnapshot("redis", CircuitState.Open, 5, 5, Recovery, TimeSpan.FromSeconds(50), opened, 1));
    }

    private CircuitCall Enter()
    {
        _breaker.TryEnter(out var call).ShouldBeTrue();
        return call;
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Enter().Failed();
        }
    }

    private void Open()
    {
        Fail(5);
        _time.Advance(Recovery);
    }
}
