using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>The servers that own keys: one, or the masters of a Cluster.</summary>
/// <param name="Reachable">Those that are connected.</param>
/// <param name="Complete">Whether these are all: what is done or counted on them is done or counted everywhere.</param>
internal readonly record struct RedisMasters(IReadOnlyList<IServer> Reachable, bool Complete)
{
    private const int SlotsOfACluster = 16_384;

    /// <summary>Asks a Cluster which of its nodes own keys, and counts whether those that are reached own all slots: the client's list has nodes that have lost theirs, and
    /// leaves out some that have failed.</summary>
    /// <exception cref="RedisException">The Cluster does not say.</exception>
    public static async Task<RedisMasters> OfAsync(IConnectionMultiplexer multiplexer)
    {
        var servers = multiplexer.GetServers();
        IReadOnlyList<IServer> reachable = [.. servers.Where(server => server is { IsConnected: true, IsReplica: false })];
        if (Array.Find(servers, server => server is { IsConnected: true, ServerType: ServerType.Cluster }) is not { } node)
        {
            return new RedisMasters(reachable, reachable.Count > 0);
        }

        if (await node.ClusterNodesAsync() is not { } cluster)
        {
            return new RedisMasters(reachable, Complete: false);
        }

        var owned = cluster.Nodes
            .Where(one => !one.IsReplica && reachable.Any(server => server.EndPoint.Equals(one.EndPoint)))
            .Sum(one => one.Slots.Sum(range => range.To - range.From + 1));
        return new RedisMasters(reachable, owned == SlotsOfACluster);
    }

    /// <summary>Whether there are servers and all are replicas: nobody takes a write, however often it is asked. A master that is away for a moment is another matter.</summary>
    public static bool AreNone(IConnectionMultiplexer multiplexer)
    {
        var servers = multiplexer.GetServers();
        return servers.Length > 0 && Array.TrueForAll(servers, server => server is { IsConnected: true, IsReplica: true });
    }
}
