using KubeSentiment.Load;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Load;

/// <summary>Each trigger at its threshold and just beside it.</summary>
public sealed class ScalingAdvisorTests
{
    private static readonly LoadSnapshot Middling = new(20, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero, 0.5, 0.6);
    private static readonly LoadSnapshot Idle = new(0, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero, 0.1, 0.1);
    private readonly FakeTimeProvider _time = new();
    private readonly ScalingAdvisor _advisor;

    public ScalingAdvisorTests() => _advisor = new ScalingAdvisor(new ScalingOptions(), _time);

    [Fact]
    public void Observe_Middling_Stays() => For(600, Middling).ShouldBe(ScalingAdvice.Stay);

    [Theory]
    [InlineData(0.71, 59, false)]
    [InlineData(0.71, 60, true)]
    [InlineData(0.70, 600, false)]
    public void Observe_CpuHigh_ScalesUpAfterAMinute(double cpu, int seconds, bool up) =>
        For(seconds, Middling with { CpuUtilization = cpu }).ShouldScaleUp.ShouldBe(up);

    [Theory]
    [InlineData(0.81, 59, false)]
    [InlineData(0.81, 60, true)]
    [InlineData(0.80, 600, false)]
    public void Observe_MemoryHigh_ScalesUpAfterAMinute(double memory, int seconds, bool up) =>
        For(seconds, Middling with { MemoryUtilization = memory }).ShouldScaleUp.ShouldBe(up);

    [Fact]
    public void Observe_CpuDipsForOneSample_BeginsAnew()
    {
        var busy = Middling with { CpuUtilization = 0.9 };
        For(59, busy);
        Sample(Middling);

        For(59, busy).ShouldScaleUp.ShouldBeFalse();
        Sample(busy).ShouldScaleUp.ShouldBeTrue();
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void Observe_Active_ScalesUpAtOnce(int active, bool up) => Sample(Middling with { Active = active }).ShouldScaleUp.ShouldBe(up);

    [Theory]
    [InlineData(30, false)]
    [InlineData(29.9, true)]
    public void Observe_Score_ScalesUpAtOnce(double score, bool up) => Sample(Middling, score).ShouldScaleUp.ShouldBe(up);

    [Theory]
    [InlineData(299, false)]
    [InlineData(300, true)]
    public void Observe_Idle_ScalesDownAfterFiveMinutes(int seconds, bool down) => For(seconds, Idle).ShouldScaleDown.ShouldBe(down);

    [Theory]
    [InlineData(0.39, 0.49, 9, 90.1, true)]
    [InlineData(0.40, 0.49, 9, 90.1, false)]
    [InlineData(0.39, 0.50, 9, 90.1, false)]
    [InlineData(0.39, 0.49, 10, 90.1, false)]
    [InlineData(0.39, 0.49, 9, 90, false)]
    public void Observe_IdleButForOneFigure_Stays(double cpu, double memory, int active, double score, bool down) =>
        For(600, Idle with { CpuUtilization = cpu, MemoryUtilization = memory, Active = active }, score).ShouldScaleDown.ShouldBe(down);

    [Fact]
    public void Observe_ThresholdsThatOverlap_NeverAsksForBoth()
    {
        var advisor = new ScalingAdvisor(new ScalingOptions { UpCpu = 0.1, UpWindow = TimeSpan.Zero, DownCpu = 0.9, DownWindow = TimeSpan.Zero }, _time);

        var advice = advisor.Observe(Idle with { CpuUtilization = 0.5 }, 95);

        (advice.ShouldScaleUp, advice.ShouldScaleDown).ShouldBe((true, false));
    }

    [Fact]
    public void Observe_WorkWithinTheFiveMinutes_DoesNotBeginAnew()
    {
        // Active and score count at the moment only, CPU and memory throughout.
        For(200, Idle);
        Sample(Idle with { Active = 20 }).ShouldScaleDown.ShouldBeFalse();

        For(99, Idle).ShouldScaleDown.ShouldBeTrue();
    }

    [Fact]
    public void Observe_SwingOfTheLoad_TurnsUpThenDown()
    {
        var busy = Middling with { CpuUtilization = 0.95, Active = 90 };

        Sample(busy).Reasons.ShouldBe(["active_requests_high"]);
        For(60, busy).Reasons.ShouldBe(["cpu_high", "active_requests_high"]);
        Sample(Idle).ShouldBe(ScalingAdvice.Stay);
        For(299, Idle).ShouldBe(ScalingAdvice.Stay);
        Sample(Idle).Reasons.ShouldBe(["idle"]);
        Sample(busy).ShouldScaleDown.ShouldBeFalse();
    }

    /// <summary>Samples every second, the first one now, the last one when that many have passed.</summary>
    private ScalingAdvice For(int seconds, LoadSnapshot load, double score = 95)
    {
        var advice = Sample(load, score, TimeSpan.Zero);
        for (var i = 0; i < seconds; i++)
        {
            advice = Sample(load, score);
        }

        return advice;
    }

    private ScalingAdvice Sample(LoadSnapshot load, double score = 95) => Sample(load, score, LoadSampler.Interval);

    private ScalingAdvice Sample(LoadSnapshot load, double score, TimeSpan after)
    {
        _time.Advance(after);
        return _advisor.Observe(load, score);
    }
}
