using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>One connected multiplexer of the pool.</summary>
/// <param name="Database">Takes commands.</param>
/// <param name="Lookups">Takes lookups of answers, which travel together.</param>
/// <param name="IsCluster">Whether keys of one command must lie in one slot.</param>
internal readonly record struct RedisConnection(IDatabase Database, SharedTrips Lookups, bool IsCluster);
