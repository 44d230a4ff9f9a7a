using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Deletes what the cache keeps under a namespace, by SCAN and UNLINK: Redis serves others in between, however much there is.</summary>
internal sealed class NamespaceSweep(IConnectionMultiplexer multiplexer, string @namespace)
{
    private const int PageSize = 1_000;

    /// <summary>Entries deleted so far.</summary>
    public long Deleted { get; private set; }

    /// <summary>Deletes on every server that owns keys and is connected.</summary>
    /// <returns>Whether these are all that own keys.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var database = multiplexer.GetDatabase();
        var masters = await RedisMasters.OfAsync(multiplexer);
        foreach (var master in masters.Reachable)
        {
            var page = new List<RedisKey>(PageSize);
            await foreach (var key in master.KeysAsync(database.Database, RedisKeys.PatternOf(@namespace), PageSize).WithCancellation(cancellationToken))
            {
                if (!RedisKeys.IsOurs(key!, @namespace))
                {
                    continue;
                }

                page.Add(key);
                if (page.Count == PageSize)
                {
                    await DeleteAsync(database, page);
                }
            }

            await DeleteAsync(database, page);
        }

        return masters.Complete;
    }

    /// <summary>One command a key, so that it works on a Cluster, too; the client sends UNLINK where the server has it.</summary>
    private async Task DeleteAsync(IDatabase database, List<RedisKey> page)
    {
        var deleted = await Task.WhenAll(page.ConvertAll(key => database.KeyDeleteAsync(key)));
        Deleted += deleted.Count(existed => existed);
        page.Clear();
    }
}
