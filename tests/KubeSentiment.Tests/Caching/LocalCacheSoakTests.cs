using KubeSentiment.Caching;

namespace KubeSentiment.Tests.Caching;

/// <summary>Many threads read, write, remove and clear a cache that is much too small: answers stay whole, and the accounts come out even.</summary>
public sealed class LocalCacheSoakTests
{
    private const int Threads = 8;
    private const int Rounds = 60_000;
    private const int Texts = 2_000;
    private const int MaxEntries = 500;
    private const long MaxBytes = 250_000;

    [Theory]
    [InlineData(EvictionPolicyName.TinyLfu)]
    [InlineData(EvictionPolicyName.Lru)]
    public void Cache_ManyThreads_KeepsItsBoundsAndAccounts(EvictionPolicyName policy)
    {
        var cache = new LocalCache(MaxEntries, MaxBytes, Enum.Parse<EvictionPolicy>(policy.ToString()), TimeProvider.System);
        var keys = Enumerable.Range(0, Texts)
            .Select(i => new LocalKey(i % 7 == 0 ? "tenant" : "own", i % 5 == 0 ? CacheType.Feature : CacheType.Prediction, false, $"{i} {new string('x', i % 300)}"))
            .ToArray();
        var wrong = 0;
        var hits = 0;

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, seed =>
        {
            var random = new Random(seed);
            for (var round = 0; round < Rounds; round++)
            {
                // Low numbers come more often, as popular texts do.
                var i = (int)(Texts * random.NextDouble() * random.NextDouble());
                var action = random.Next(10_000);
                if (action == 0)
                {
                    cache.Clear("tenant");
                }
                else if (action < 200)
                {
                    cache.Remove(keys[i]);
                }
                else if (cache.TryGet(keys[i], out var entry, out var found, out _))
                {
                    if (action % 10 == 0)
                    {
                        cache.TryRenew(entry, found, found.Ttl);
                    }

                    Interlocked.Increment(ref hits);
                    Interlocked.Add(ref wrong, found.Answer.Tokens == i && (int)found.Key.Hash == i && found.Answer.Values.All(value => (int)value == i) ? 0 : 1);
                }
                else
                {
                    // Some live so short that they are found dead.
                    var ttl = TimeSpan.FromMilliseconds(action % 3 == 0 ? 1 : 60_000);
                    cache.Set(keys[i], new CachedAnswer([.. Enumerable.Repeat((float)i, 1 + (i % 4))], i, false), new CacheKey("model", (UInt128)i), ttl, ttl);
                }
            }
        });

        // Integrity: every answer was its key's own, nothing over the bounds, every byte accounted for.
        wrong.ShouldBe(0);
        hits.ShouldBeGreaterThan(Threads * Rounds / 10);
        cache.Settle();
        var entries = cache.All().ToList();
        entries.Count.ShouldBeLessThanOrEqualTo(MaxEntries);
        CacheTypes.All.Sum(type => cache.UsageOf(type).Entries).ShouldBe(entries.Count);
        cache.Bytes.ShouldBe(entries.Sum(entry => LocalCache.SizeOf(entry.Key, entry.Value.Current.Answer)));
        cache.Bytes.ShouldBeLessThanOrEqualTo(MaxBytes);

        // And it can all be given back.
        cache.Clear("tenant");
        cache.Clear("own");
        cache.Settle();
        cache.Bytes.ShouldBe(0);
        CacheTypes.All.Sum(type => cache.UsageOf(type).Entries).ShouldBe(0);
    }
}
