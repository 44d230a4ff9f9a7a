using KubeSentiment.Observability;

namespace KubeSentiment.Tests.Observability;

/// <summary>A replica that is asked to stop while it warms up must never say that it is ready.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public void BecomeReady_Starting_IsReady()
    {
        var readiness = new Readiness();
        readiness.State.ShouldBe(ReadinessState.Starting);

        readiness.BecomeReady();

        readiness.State.ShouldBe(ReadinessState.Ready);
    }

    [Fact]
    public void BecomeReady_Draining_StaysSo()
    {
        var readiness = new Readiness();
        readiness.Drain();

        readiness.BecomeReady();

        readiness.State.ShouldBe(ReadinessState.Draining);
    }

    /// <summary>A soak: both at once, many times.</summary>
    [Fact]
    public void DrainAndBecomeReady_AtOnce_IsDraining()
    {
        for (var round = 0; round < 10_000; round++)
        {
            var readiness = new Readiness();
            Parallel.Invoke(readiness.BecomeReady, readiness.Drain);
            readiness.State.ShouldBe(ReadinessState.Draining);
        }
    }
}
