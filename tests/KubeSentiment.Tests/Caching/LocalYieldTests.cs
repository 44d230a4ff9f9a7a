using KubeSentiment.Caching;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>Memory is not asked for those who would be refused only while it knows next to nothing.</summary>
public sealed class LocalYieldTests
{
    private readonly InterruptedTime _time = new();
    private readonly CacheCounters _counters = new();
    private readonly LocalYield _yield;

    public LocalYieldTests() => _yield = new LocalYield(_counters, _time);

    [Fact]
    public void Pays_NothingLearnt_Always() => _yield.Pays().ShouldBeTrue();

    [Theory]
    [InlineData(0, 1_000, false)]
    [InlineData(9, 991, false)]
    [InlineData(10, 990, true)]
    [InlineData(400, 600, true)]
    [InlineData(0, 99, true)]
    [InlineData(0, 100, false)]
    public void Pays_AfterAPeriod_WhenOneInAHundredWasKnownOrFewAsked(int hits, int misses, bool pays)
    {
        Look(hits, misses);
        _yield.Pays().ShouldBeTrue();

        _time.Advance(LocalYield.Period);

        _yield.Pays().ShouldBe(pays);
    }

    [Fact]
    public void Pays_KnownAgain_OnePeriodLater()
    {
        Look(hits: 0, misses: 5_000);
        _time.Advance(LocalYield.Period);
        _yield.Pays().ShouldBeFalse();

        Look(hits: 50, misses: 200);
        _time.Advance(LocalYield.Period / 2);
        _yield.Pays().ShouldBeFalse();
        _time.Advance(LocalYield.Period / 2);

        _yield.Pays().ShouldBeTrue();
    }

    /// <summary>Who finds a period over may be overtaken by another who measures it: what is left to measure then would be nothing.</summary>
    [Fact]
    public void Pays_AnotherMeasuresMeanwhile_TheSamePeriodIsMeasuredOnce()
    {
        Look(hits: 0, misses: 5_000);
        _time.Advance(LocalYield.Period);
        _time.Meanwhile = () => _yield.Pays().ShouldBeFalse();

        _yield.Pays().ShouldBeFalse();

        _time.Meanwhile.ShouldBeNull();
        _yield.Pays().ShouldBeFalse();
    }

    /// <summary>Many threads ask and look up; what each period says is exact all the same.</summary>
    [Fact]
    public async Task Soak_ManyThreads_SayWhatThePeriodSays()
    {
        for (var period = 0; period < 200; period++)
        {
            var knows = period % 2 == 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 50; i++)
                {
                    Look(hits: knows ? 1 : 0, misses: 1);
                    _yield.Pays();
                }
            })));
            _time.Advance(LocalYield.Period);

            (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(_yield.Pays)))).ShouldContain(knows);
            _yield.Pays().ShouldBe(knows);
        }
    }

    /// <summary>A clock after whose next reading something else happens before the reader goes on.</summary>
    private sealed class InterruptedTime : FakeTimeProvider
    {
        public Action? Meanwhile { get; set; }

        public override long GetTimestamp()
        {
            var (now, meanwhile) = (base.GetTimestamp(), Meanwhile);
            Meanwhile = null;
            meanwhile?.Invoke();
            return now;
        }
    }

    private void Look(int hits, int misses)
    {
        _counters.Hit(hits);
        _counters.Missed(misses);
    }
}
