using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>Connects at the start, then asks Redis now and then how it is: for the figures, and so that a breaker closes again without traffic.</summary>
internal sealed partial class RedisMonitor(
    RedisConnections connections, RedisCache cache, LocalCache local, RedisMetrics metrics, RedisOptions options, TimeProvider time, ILogger<RedisMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan SubscriptionPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubscriptionCheck = TimeSpan.FromMilliseconds(20);

    private volatile RedisFigures? _figures;

    // Only the monitor's own loop.
    private bool _listening;

    /// <summary>What Redis last said of itself; null before it has been asked.</summary>
    public RedisFigures? Figures => _figures;

    /// <summary>One round of questions.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        connections.RefreshTopology();
        connections.TellTrouble();
        var health = await cache.CheckHealthAsync(cancellationToken);
        if (!health.Healthy || !connections.TryTakeMultiplexer(out var multiplexer))
        {
            // Without an answer nothing is claimed, except that there is no connection where there is none.
            _figures = new RedisFigures(connections.IsConnected ? null : 0, []);
            return;
        }

        try
        {
            _figures = new RedisFigures(
                await CountConnectionsAsync(multiplexer), await KeyspaceSample.TakeAsync(multiplexer, options.Namespace, cancellationToken));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Failed(RedisOperations.Monitor, RedisErrors.TypeOf(e));
            CannotMeasure(logger, RedisErrors.TypeOf(e));
            _figures = new RedisFigures(null, []);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        connections.Start();
        try
        {
            await connections.Ready.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(options.MonitorInterval, time);
            do
            {
                _listening = _listening || await TryListenForClearingAsync(stoppingToken);
                await AskAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>Counts the lines of CLIENT LIST that bear this replica's name, on every server.</summary>
    private async Task<int> CountConnectionsAsync(IConnectionMultiplexer multiplexer)
    {
        var count = 0;
        foreach (var server in multiplexer.GetServers().Where(server => server.IsConnected))
        {
            count += (await server.ClientListAsync()).Count(client => client.Name == connections.ClientName);
        }

        return count;
    }

    /// <summary>Empties the memory when another replica clears the namespace. A message that is lost only leaves answers, which are right, until they expire.</summary>
    /// <returns>Whether it is arranged; the client then listens again by itself after every reconnection.</returns>
    private async Task<bool> TryListenForClearingAsync(CancellationToken cancellationToken)
    {
        if (!connections.TryTakeMultiplexer(out var multiplexer))
        {
            return false;
        }

        var subscriber = multiplexer.GetSubscriber();
        try
        {
            // The connection for it comes a moment after that for commands. The client tells so only of a master's: with a replica alone the wait ends by itself.
            for (var waited = TimeSpan.Zero; waited < SubscriptionPatience && !subscriber.IsConnected(RedisKeys.ClearedOf(options.Namespace)); waited += SubscriptionCheck)
            {
                await Task.Delay(SubscriptionCheck, time, cancellationToken);
            }

            var subscribed = subscriber.SubscribeAsync(RedisKeys.ClearedOf(options.Namespace), (_, sender) =>
            {
                if (sender != connections.ClientName)
                {
                    local.Clear(options.Namespace);
                }
            });
            await subscribed.WaitAsync(options.SocketTimeout, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Failed(RedisOperations.Monitor, RedisErrors.TypeOf(e));
            return false;
        }
    }

    [LoggerMessage(EventId = 701, Level = LogLevel.Debug, Message = "Redis does not tell its connections and sizes ({Error})")]
    private static partial void CannotMeasure(ILogger logger, string error);
}
