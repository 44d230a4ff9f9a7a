using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>How often it is told why there is no connection.</summary>
public sealed class ToldTroublesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ToldTroubles _told;

    public ToldTroublesTests() => _told = new ToldTroubles(_time);

    [Fact]
    public void IsNews_TheSameReasonForHours_IsToldOnce()
    {
        _told.IsNews("not_connected").ShouldBeTrue();
        for (var i = 0; i < 1_000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            _told.IsNews("not_connected").ShouldBeFalse();
        }
    }

    [Fact]
    public void IsNews_AnotherReason_IsTold()
    {
        _told.IsNews("not_connected").ShouldBeTrue();
        _told.IsNews("authentication").ShouldBeTrue();
    }

    [Fact]
    public void IsNews_ConnectionsComeAndGo_IsToldOnceAMinute()
    {
        var lines = 0;
        for (var i = 0; i < 600; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
            lines += _told.IsNews(i % 4 == 0 ? "loading" : "not_connected") ? 1 : 0;
            _told.IsNews(null).ShouldBeFalse();
        }

        // Two reasons over five minutes.
        lines.ShouldBe(10);
    }

    [Fact]
    public void IsNews_LostAgainAfterAWhile_IsTold()
    {
        _told.IsNews("not_connected").ShouldBeTrue();
        _told.IsNews(null).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(59));
        _told.IsNews("not_connected").ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        _told.IsNews("not_connected").ShouldBeTrue();
    }
}
