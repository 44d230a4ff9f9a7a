using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>Lookups are left out only while they find next to nothing, and come back when they find something.</summary>
public sealed class LookupYieldTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LookupYield _yield;

    public LookupYieldTests() => _yield = new LookupYield(_time);

    [Fact]
    public void Pays_NothingLearnt_Always() => Enumerable.Range(0, 100).ShouldAllBe(_ => _yield.Pays());

    [Fact]
    public void Pays_ThousandsOfMissesInARow_OncePerPause()
    {
        Learn(texts: 4_000, hitEvery: 0);
        Enumerable.Range(0, 100).ShouldAllBe(_ => _yield.Pays());

        Learn(texts: 1_000, hitEvery: 0);

        LooksIn(10 * LookupYield.Pause).ShouldBe(10);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(50)]
    public void Pays_SomeAreFound_Always(int hitEvery)
    {
        for (var round = 0; round < 200; round++)
        {
            Learn(texts: 100, hitEvery);
            _yield.Pays().ShouldBeTrue();
        }
    }

    [Fact]
    public void Pays_LessThanOneInAHundredIsFound_OncePerPause()
    {
        Learn(texts: 20_000, hitEvery: 250);

        LooksIn(10 * LookupYield.Pause).ShouldBe(10);
    }

    [Fact]
    public void Pays_TwoOfFiveAreFoundAgain_AlwaysSoonAfter()
    {
        Learn(texts: 20_000, hitEvery: 0);

        for (var asked = 0; asked < 30; asked++)
        {
            _yield.Learn(texts: 5, hits: 2);
        }

        Enumerable.Range(0, 100).ShouldAllBe(_ => _yield.Pays());
    }

    /// <summary>What is rarely looked up says more: with the pause as it is, lookups come back within a second where two texts of five are found.</summary>
    [Fact]
    public void Pays_TwoOfFiveAreFoundAgainByOneLookupEachPause_WithinASecond()
    {
        Learn(texts: 20_000, hitEvery: 0);

        var looks = 0;
        for (var passed = TimeSpan.Zero; !_yield.Pays() || !PaysAfter(TimeSpan.Zero); passed += LookupYield.Pause)
        {
            passed.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
            _time.Advance(LookupYield.Pause);
            _yield.Learn(texts: 1, hits: ++looks % 5 is 1 or 3 ? 1 : 0);
        }

        looks.ShouldBeGreaterThan(1);
    }

    /// <summary>A batch teaches what its texts would have taught one by one.</summary>
    [Fact]
    public void Learn_ManyAtOnce_AsOneByOne()
    {
        Learn(texts: 4_600, hitEvery: 0);
        _yield.Pays().ShouldBeTrue();

        _yield.Learn(texts: 1_000, hits: 0);

        LooksIn(LookupYield.Pause).ShouldBe(1);
    }

    [Fact]
    public void Pays_AskedLessOftenThanOncePerPause_Always()
    {
        Learn(texts: 20_000, hitEvery: 0);

        Enumerable.Range(0, 100).ShouldAllBe(_ => PaysAfter(LookupYield.Pause));
    }

    /// <summary>Many threads ask and teach; in each pause one of them looks all the same.</summary>
    [Fact]
    public async Task Soak_ManyThreads_OneLooksPerPause()
    {
        const int threads = 8;
        const int pauses = 500;
        Learn(texts: 20_000, hitEvery: 0);
        var looked = 0;

        for (var pause = 1; pause <= pauses; pause++)
        {
            _time.Advance(LookupYield.Pause);
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    if (_yield.Pays())
                    {
                        Interlocked.Increment(ref looked);
                        _yield.Learn(texts: 1, hits: 0);
                    }
                }
            })));

            looked.ShouldBe(pause);
        }
    }

    /// <summary>Asked ten times a pause, as often as that goes into this time.</summary>
    private int LooksIn(TimeSpan time)
    {
        var steps = 10 * (int)(time / LookupYield.Pause);
        return Enumerable.Range(0, steps).Count(_ => PaysAfter(LookupYield.Pause / 10));
    }

    private bool PaysAfter(TimeSpan pause)
    {
        _time.Advance(pause);
        return _yield.Pays();
    }

    private void Learn(int texts, int hitEvery)
    {
        for (var i = 1; i <= texts; i++)
        {
            _yield.Learn(1, hitEvery > 0 && i % hitEvery == 0 ? 1 : 0);
        }
    }
}
