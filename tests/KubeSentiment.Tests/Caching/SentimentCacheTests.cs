using KubeSentiment.Caching;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>The cache with Redis off: what the pipeline and an application see of it.</summary>
public sealed class SentimentCacheTests
{
    private static readonly CachedAnswer Answer = new([0.1f, -2.5f, 3], 5, true);
    private static readonly CacheKey Key = CacheKey.OfTokens("model", [1, 2, 3]);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void TryGetLocal_AfterRemember_IsTheSameAnswer()
    {
        var cache = TestCaches.Memory(_time);

        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();
        cache.Remember(CacheType.Prediction, "a", Key, Answer);

        cache.TryGetLocal(CacheType.Prediction, "a", out var found).ShouldBeTrue();
        found.ShouldBeSameAs(Answer);
        cache.TryGetLocal(CacheType.Prediction, "a", out _, tenant: "other").ShouldBeFalse();
        cache.TryGetLocal(CacheType.Feature, "a", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(CacheType.Prediction, 3600)]
    [InlineData(CacheType.Feature, 1800)]
    public void TryGetLocal_AfterTheTypesTtl_IsAMiss(CacheType type, int seconds)
    {
        var cache = TestCaches.Memory(_time);
        cache.Remember(type, "a", Key, Answer);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        cache.TryGetLocal(type, "a", out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGetLocal_InTheSecondHalf_RenewsIt()
    {
        var cache = TestCaches.Memory(_time);
        cache.Remember(CacheType.Prediction, "a", Key, Answer);

        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(3000));
            cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeTrue();
        }

        _time.Advance(TimeSpan.FromSeconds(3600));
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGetLocal_RenewalOff_DiesAtItsTtl()
    {
        var cache = TestCaches.Memory(_time, new CacheOptions { RenewOnHit = false });
        cache.Remember(CacheType.Prediction, "a", Key, Answer);

        _time.Advance(TimeSpan.FromSeconds(3000));
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(600));
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGetLocal_HitOften_LivesLongerUpToTheBound()
    {
        var cache = TestCaches.Memory(_time, new CacheOptions { FrequentHits = 3, FrequentMaxTtl = TimeSpan.FromSeconds(10_000) });
        cache.Remember(CacheType.Prediction, "a", Key, Answer);
        Hit(3);

        // 3600 s are doubled to 7200 s, and those to the bound.
        _time.Advance(TimeSpan.FromSeconds(3500));
        Hit(1);
        _time.Advance(TimeSpan.FromSeconds(7100));
        Hit(1);
        _time.Advance(TimeSpan.FromSeconds(9999));
        Hit(1);
        _time.Advance(TimeSpan.FromSeconds(10_000));
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();

        void Hit(int times)
        {
            for (var i = 0; i < times; i++)
            {
                cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task GetShared_RedisOff_IsNullForEachText()
    {
        var cache = TestCaches.Memory(_time);

        cache.SharedPays(CacheType.Prediction, 2).ShouldBeFalse();
        (await cache.GetSharedAsync(CacheType.Prediction, ["a", "b"], [Key, Key], Cancellation)).ShouldBe([null, null]);
        (await cache.WarmFromFleetAsync("model", Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Cache_Off_FindsAndKeepsNothing()
    {
        var cache = TestCaches.Memory(_time, new CacheOptions { Enabled = false });
        cache.Remember(CacheType.Prediction, "a", Key, Answer);
        (await cache.SetAsync(CacheType.Prediction, "a", Answer, cancellationToken: Cancellation)).ShouldBeTrue();

        cache.IsEnabled.ShouldBeFalse();
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();
        (await cache.GetAsync(CacheType.Prediction, "a", cancellationToken: Cancellation)).ShouldBeNull();
        cache.GetStatistics().Levels.ShouldAllBe(level => level.Hits + level.Misses + level.Sets + level.Entries == 0);
        (await cache.CheckHealthAsync(Cancellation)).ShouldBe(new CacheHealth(true, "The cache is off.", null));
    }

    [Fact]
    public async Task Get_NamedEntry_IsNotTheModelsAnswer()
    {
        var cache = TestCaches.Memory(_time);
        await cache.SetAsync(CacheType.Prediction, "a", Answer, cancellationToken: Cancellation);

        (await cache.GetAsync(CacheType.Prediction, "a", cancellationToken: Cancellation)).ShouldBeSameAs(Answer);
        cache.TryGetLocal(CacheType.Prediction, "a", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task SetMany_OwnTtlAndTenant_AreKeptApart()
    {
        var cache = TestCaches.Memory(_time, new CacheOptions { RenewOnHit = false });
        await cache.SetManyAsync(
            CacheType.Feature,
            [KeyValuePair.Create("a", Answer), KeyValuePair.Create("b", Answer)],
            TimeSpan.FromSeconds(10),
            "tenant",
            Cancellation);

        (await cache.GetManyAsync(CacheType.Feature, ["a", "b", "c", "a"], "tenant", Cancellation)).Keys.ShouldBe(["a", "b"], ignoreOrder: true);
        (await cache.GetManyAsync(CacheType.Feature, ["a"], cancellationToken: Cancellation)).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(10));
        (await cache.GetManyAsync(CacheType.Feature, ["a", "b"], "tenant", Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_AndClear_OnlyWhatIsNamed()
    {
        var cache = TestCaches.Memory(_time);
        await cache.SetAsync(CacheType.Prediction, "a", Answer, cancellationToken: Cancellation);
        await cache.SetAsync(CacheType.Prediction, "b", Answer, cancellationToken: Cancellation);
        await cache.SetAsync(CacheType.Prediction, "a", Answer, tenant: "tenant", cancellationToken: Cancellation);

        (await cache.DeleteAsync(CacheType.Prediction, "a", cancellationToken: Cancellation)).ShouldBeTrue();
        (await cache.DeleteAsync(CacheType.Prediction, "a", cancellationToken: Cancellation)).ShouldBeFalse();
        (await cache.ClearAsync(cancellationToken: Cancellation)).ShouldBe(new CacheClearance(1, 0, true));
        (await cache.GetAsync(CacheType.Prediction, "a", "tenant", Cancellation)).ShouldBe(Answer);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("")]
    [InlineData("*")]
    public async Task Clear_WhatIsNoNamespace_IsRefused(string tenant) =>
        await Should.ThrowAsync<ArgumentException>(() => TestCaches.Memory(_time).ClearAsync(tenant, Cancellation));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(31 * 24 * 3600)]
    public async Task Set_TtlOutOfRange_IsRefused(int seconds) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await TestCaches.Memory(_time).SetAsync(
            CacheType.Prediction, "a", Answer, TimeSpan.FromSeconds(seconds), cancellationToken: Cancellation));

    [Fact]
    public void GetStatistics_AfterHitsAndMisses_CountsThem()
    {
        var cache = TestCaches.Memory(_time);
        cache.TryGetLocal(CacheType.Prediction, "a", out _);
        cache.Remember(CacheType.Prediction, "a", Key, Answer);
        cache.TryGetLocal(CacheType.Prediction, "a", out _);
        cache.TryGetLocal(CacheType.Prediction, "a", out _);

        var statistics = cache.GetStatistics();

        statistics.HitRatePercent.ShouldBe(66.67);
        statistics.Redis.ShouldBeNull();
        var prediction = statistics.Levels.Single(level => level is { Level: "memory", Type: "prediction" });
        (prediction.Hits, prediction.Misses, prediction.Sets, prediction.Entries, prediction.HitRatePercent).ShouldBe((2, 1, 1, 1, 66.67));
        prediction.Bytes.ShouldBe(LocalCache.EntryOverhead + 2 + 12);
    }
}
