using KubeSentiment.Caching.Redis;

namespace KubeSentiment.Caching;

/// <summary>The parts of the second level, where it is on.</summary>
internal sealed record SharedLevel(RedisCache Cache, FrequentTexts Frequent, RedisMonitor Monitor);
