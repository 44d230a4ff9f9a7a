using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Tests.Caching;

/// <summary>Lookups are left out only while they find next to nothing, and come back when they find something.</summary>
public sealed class LookupYieldTests
{
    private readonly LookupYield _yield = new();

    [Fact]
    public void Pays_NothingLearnt_Always() => Enumerable.Range(0, 100).ShouldAllBe(_ => _yield.Pays());

    [Fact]
    public void Pays_ThousandsOfMissesInARow_OneInEight()
    {
        Learn(texts: 4_000, hitEvery: 0);
        Enumerable.Range(0, 100).ShouldAllBe(_ => _yield.Pays());

        Learn(texts: 1_000, hitEvery: 0);

        Enumerable.Range(0, 800).Count(_ => _yield.Pays()).ShouldBe(100);
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
    public void Pays_LessThanOneInAHundredIsFound_OneInEight()
    {
        Learn(texts: 20_000, hitEvery: 250);

        Enumerable.Range(0, 800).Count(_ => _yield.Pays()).ShouldBe(100);
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

    /// <summary>A batch teaches what its texts would have taught one by one.</summary>
    [Fact]
    public void Learn_ManyAtOnce_AsOneByOne()
    {
        Learn(texts: 4_600, hitEvery: 0);
        _yield.Pays().ShouldBeTrue();

        _yield.Learn(texts: 1_000, hits: 0);

        Enumerable.Range(0, 8).Count(_ => _yield.Pays()).ShouldBe(1);
    }

    /// <summary>Many threads ask and teach; the counts add up all the same.</summary>
    [Fact]
    public async Task Soak_ManyThreads_EveryEighthCallLooks()
    {
        const int threads = 8;
        const int calls = 20_000;
        Learn(texts: 20_000, hitEvery: 0);
        var looked = 0;

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < calls; i++)
            {
                if (_yield.Pays())
                {
                    Interlocked.Increment(ref looked);
                    _yield.Learn(texts: 1, hits: 0);
                }
            }
        })));

        looked.ShouldBe(threads * calls / 8);
    }

    private void Learn(int texts, int hitEvery)
    {
        for (var i = 1; i <= texts; i++)
        {
            _yield.Learn(1, hitEvery > 0 && i % hitEvery == 0 ? 1 : 0);
        }
    }
}
