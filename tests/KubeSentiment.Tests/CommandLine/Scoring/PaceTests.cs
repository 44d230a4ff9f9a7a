using KubeSentiment.CommandLine.Scoring;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.CommandLine.Scoring;

/// <summary>Rate and time left.</summary>
public sealed class PaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Advance_FromTheStart_TellsRateAndTimeLeft()
    {
        var pace = new Pace(_time);
        _time.Advance(TimeSpan.FromSeconds(10));

        pace.Advance(12_000, 0.25);

        pace.ToString().ShouldBe("12,000 rows, 1,200 rows/s, 25 %, 0:30 left");
    }

    [Fact]
    public void Advance_AfterAnEarlierRun_CountsOnlyThisOne()
    {
        var pace = new Pace(_time);
        pace.Begin(10_000);
        _time.Advance(TimeSpan.FromSeconds(10));

        pace.Advance(12_000, 0.6);

        // The earlier run did half of it; this one a tenth in 10 s.
        pace.ToString().ShouldBe("12,000 rows, 200 rows/s, 60 %, 0:40 left");
    }

    [Fact]
    public void Advance_WithoutAnEnd_TellsTheRate()
    {
        var pace = new Pace(_time);
        _time.Advance(TimeSpan.FromSeconds(2));

        pace.Advance(100, null);

        pace.ToString().ShouldBe("100 rows, 50 rows/s");
    }
}
