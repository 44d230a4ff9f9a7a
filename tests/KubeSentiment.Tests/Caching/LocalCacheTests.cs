using KubeSentiment.Caching;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>The memory level: life, bounds, accounts.</summary>
[Collection(nameof(ByItself))]
public sealed class LocalCacheTests
{
    private static readonly CacheKey SharedKey = new("model", 1);
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(100);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryGet_WithinItsLife_FindsIt()
    {
        var cache = Cache();
        var answer = Answer(3);
        cache.Set(Key("a"), answer, SharedKey, Ttl, Ttl);

        _time.Advance(Ttl - TimeSpan.FromMilliseconds(1));

        cache.TryGet(Key("a"), out _, out var found, out _).ShouldBeTrue();
        found!.Answer.ShouldBeSameAs(answer);
        found.Key.ShouldBe(SharedKey);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public void TryGet_PastItsLife_FindsNothingAndFreesIt(int seconds)
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        cache.TryGet(Key("a"), out _, out _, out _).ShouldBeFalse();
        cache.Bytes.ShouldBe(0);
        cache.UsageOf(CacheType.Prediction).Evictions.ShouldBe(0);
    }

    [Fact]
    public void TryGet_InTheSecondHalf_IsDue()
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);

        _time.Advance(TimeSpan.FromSeconds(49));
        cache.TryGet(Key("a"), out _, out _, out var early);
        _time.Advance(TimeSpan.FromSeconds(1));
        cache.TryGet(Key("a"), out _, out _, out var late);

        (early, late).ShouldBe((false, true));
    }

    [Fact]
    public void Set_WithPartOfItsLifeLeft_DiesWithIt()
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, remaining: TimeSpan.FromSeconds(10));

        cache.TryGet(Key("a"), out _, out _, out var due).ShouldBeTrue();
        due.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(10));
        cache.TryGet(Key("a"), out _, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGet_SameTextElsewhere_IsAnotherEntry()
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);

        cache.TryGet(new LocalKey("b", CacheType.Prediction, false, "a"), out _, out _, out _).ShouldBeFalse();
        cache.TryGet(new LocalKey("test", CacheType.Feature, false, "a"), out _, out _, out _).ShouldBeFalse();
        cache.TryGet(new LocalKey("test", CacheType.Prediction, true, "a"), out _, out _, out _).ShouldBeFalse();
        cache.TryGet(Key(new string('a', 1)), out _, out _, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(EvictionPolicyName.TinyLfu)]
    [InlineData(EvictionPolicyName.Lru)]
    public void Set_MoreThanTheEntriesAllowed_StaysWithin(EvictionPolicyName policy)
    {
        var cache = Cache(maxEntries: 100, policy: policy);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Set(Key($"text {i}"), Answer(3), SharedKey, Ttl, Ttl);
        }

        cache.Settle();
        cache.All().Count().ShouldBeLessThanOrEqualTo(100);
        ShouldBeConsistent(cache);
        cache.UsageOf(CacheType.Prediction).Evictions.ShouldBeGreaterThanOrEqualTo(900);
    }

    [Theory]
    [InlineData(EvictionPolicyName.TinyLfu)]
    [InlineData(EvictionPolicyName.Lru)]
    public void Set_MoreThanTheBytesAllowed_StaysWithin(EvictionPolicyName policy)
    {
        const int MaxBytes = 100_000;
        var cache = Cache(maxEntries: 10_000, MaxBytes, policy);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Set(Key($"{i} {new string('x', i)}"), Answer(3), SharedKey, Ttl, Ttl);
            cache.Bytes.ShouldBeLessThanOrEqualTo(MaxBytes);
        }

        cache.Bytes.ShouldBeGreaterThan(MaxBytes / 2);
        ShouldBeConsistent(cache);
    }

    [Fact]
    public void Set_EntryOfHuge_IsNotKept()
    {
        var cache = Cache(maxBytes: 65_536);

        cache.Set(Key(new string('x', 10_000)), Answer(3), SharedKey, Ttl, Ttl);

        cache.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Set_Again_ReplacesAndCountsOnce()
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);
        cache.TryGet(Key("a"), out _, out _, out _);

        cache.Set(Key("a"), Answer(384), SharedKey, Ttl, Ttl);

        cache.TryGet(Key("a"), out var entry, out var found, out _).ShouldBeTrue();
        found!.Answer.Values.Length.ShouldBe(384);
        entry!.Hits.ShouldBe(2);
        ShouldBeConsistent(cache);
    }

    [Fact]
    public void Remove_AndClear_FreeTheirEntries()
    {
        var cache = Cache();
        foreach (var text in "abcd")
        {
            cache.Set(Key(text.ToString()), Answer(3), SharedKey, Ttl, Ttl);
            cache.Set(new LocalKey("other", CacheType.Prediction, false, text.ToString()), Answer(3), SharedKey, Ttl, Ttl);
        }

        cache.Remove(Key("a")).ShouldBeTrue();
        cache.Remove(Key("a")).ShouldBeFalse();
        cache.Clear("test").ShouldBe(3);

        cache.Settle();
        cache.All().Count().ShouldBe(4);
        ShouldBeConsistent(cache);
        cache.UsageOf(CacheType.Prediction).Evictions.ShouldBe(0);
    }

    [Fact]
    public void TryClaimRenewal_ManyAsk_OneGetsIt()
    {
        var cache = Cache();
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);
        cache.TryGet(Key("a"), out var entry, out _, out _);

        Enumerable.Range(0, 5).Count(_ => entry!.TryClaimRenewal()).ShouldBe(1);
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);
        entry!.TryClaimRenewal().ShouldBeTrue();
    }

    [Fact]
    public void TryGet_Hit_AllocatesNothing()
    {
        var cache = Cache();
        var key = Key("a text of ordinary length, as people write them about films");
        cache.Set(key, Answer(3), SharedKey, Ttl, Ttl);
        Hits(1_000);

        // The library may do its own work now and then; a byte a hit would show.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hits(100_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);

        void Hits(int count)
        {
            for (var i = 0; i < count; i++)
            {
                cache.TryGet(key, out _, out _, out _);
            }
        }
    }

    [Fact]
    public void SizeOf_ManyEntries_IsWhatTheHeapGrowsBy()
    {
        const int Count = 50_000;

        Heap.ShareOf(Filled, cache => cache.Bytes).ShouldBeInRange(0.8, 1.25);

        static LocalCache Filled()
        {
            var cache = new LocalCache(Count * 2, long.MaxValue, EvictionPolicy.TinyLfu, TimeProvider.System);
            for (var i = 0; i < Count; i++)
            {
                cache.Set(Key($"{i:D8} is a text of ordinary length, as people write them about films"), Answer(3), SharedKey, Ttl, Ttl);
            }

            cache.Settle();
            cache.UsageOf(CacheType.Prediction).Entries.ShouldBe(Count);
            return cache;
        }
    }

    [Fact]
    public void Set_TooLargeForTheMemory_TakesAwayTheOneBefore()
    {
        var cache = Cache(maxBytes: 100_000);
        cache.Set(Key("a"), Answer(3), SharedKey, Ttl, Ttl);

        cache.Set(Key("a"), Answer(10_000), SharedKey, Ttl, Ttl);

        cache.TryGet(Key("a"), out _, out _, out _).ShouldBeFalse();
        ShouldBeConsistent(cache);
        (cache.Bytes, cache.UsageOf(CacheType.Prediction).Evictions).ShouldBe((0, 0));
    }

    private static void ShouldBeConsistent(LocalCache cache)
    {
        cache.Settle();
        var entries = cache.All().ToList();
        CacheTypes.All.Sum(type => cache.UsageOf(type).Entries).ShouldBe(entries.Count);
        cache.Bytes.ShouldBe(entries.Sum(entry => LocalCache.SizeOf(entry.Key, entry.Value.Current.Answer)));
    }

    private static LocalKey Key(string text) => new("test", CacheType.Prediction, named: false, text);

    private static CachedAnswer Answer(int values) => new(new float[values], 5, false);

    private LocalCache Cache(int maxEntries = 1_000, long maxBytes = 1_000_000, EvictionPolicyName policy = EvictionPolicyName.TinyLfu) =>
        new(maxEntries, maxBytes, Enum.Parse<EvictionPolicy>(policy.ToString()), _time);
}

/// <summary>As <see cref="EvictionPolicy"/>, for the signatures of tests, which are public.</summary>
public enum EvictionPolicyName
{
    TinyLfu,
    Lru,
}
