using System.Diagnostics.CodeAnalysis;
using KubeSentiment.Resilience;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>The pool of multiplexers: connected in the background, never by a request.</summary>
/// <remarks>
/// One multiplexer pipelines the calls of all requests over one connection a server. A few of them, one a core and at most <see cref="MostMultiplexers"/>, keep one
/// socket's reader from being the bottleneck and bridge the moment when one of them reconnects; more would only cost Redis. The client reconnects
/// by itself; the loop here is for the first connection, which a client that must ask sentinels gives up on.
/// <para>A client that was connected once tells only of the first failure after that: when Redis is restarted with another password it says "connection closed", for
/// ever. So while there is no connection a fresh one is tried now and then, for its reason alone.</para>
/// </remarks>
internal sealed partial class RedisConnections : IAsyncDisposable
{
    public const int MostMultiplexers = 4;

    private static readonly TimeSpan AskingInterval = TimeSpan.FromSeconds(5);

    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(3), new Random());
    private readonly Slot[] _slots;
    private readonly ConfigurationOptions _configuration;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ToldTroubles _told;

    // Guarded by _starting.
    private Task? _connecting;

    // Interlocked.
    private int _turn;

    // Why there is no connection, as the client or a fresh connection told last; null when that is not known, as after a connection that was there. Of no meaning while there is one.
    private volatile string? _reason;

    public RedisConnections(RedisOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _told = new ToldTroubles(time);
        ClientName = RedisConfiguration.ClientName(Environment.MachineName);
        _configuration = RedisConfiguration.Of(options, ClientName);
        SpanTags = LookupSpan.ServerTags(options);
        _slots = [.. Enumerable.Range(0, PoolSize(options.MaxConnections)).Select(_ => new Slot(time, options.Budget / 4))];
    }

    /// <summary>What Redis knows the connections by.</summary>
    public string ClientName { get; }

    /// <summary>What spans say of the server.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> SpanTags { get; }

    /// <summary>Completes with the first multiplexer, whether or not Redis was there for it. Never fails.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Why there is no connection, in a word of <see cref="RedisErrors"/>. Only for when there is none.</summary>
    public string Trouble => _reason ?? RedisErrors.NotConnected;

    /// <summary>That there is no connection, and why, where that is known; one sentence for people.</summary>
    public string Absence => Trouble is var trouble && trouble == RedisErrors.NotConnected ? "There is no connection to Redis." : $"There is no connection to Redis ({trouble}).";

    public bool IsConnected => Array.Exists(_slots, slot => slot.Multiplexer is { IsConnected: true });

    public static int PoolSize(int maxConnections) => Math.Clamp(Environment.ProcessorCount, 1, Math.Min(MostMultiplexers, maxConnections));

    /// <summary>Begins to connect; returns at once.</summary>
    public void Start()
    {
        lock (_starting)
        {
            _connecting ??= Task.WhenAll([.. _slots.Select(slot => ConnectAsync(slot, _stop.Token)), AskWhyAsync(_stop.Token)]);
        }
    }

    /// <summary>The next connected multiplexer in turn.</summary>
    public bool TryTake(out RedisConnection connection)
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < _slots.Length; i++)
        {
            var slot = _slots[(turn + i) % (uint)_slots.Length];
            if (slot.Multiplexer is { IsConnected: true } multiplexer)
            {
                connection = new RedisConnection(multiplexer.GetDatabase(), slot.Lookups, slot.IsCluster);
                return true;
            }
        }

        connection = default;
        return false;
    }

    /// <summary>A connected multiplexer, for work that is not about one key.</summary>
    public bool TryTakeMultiplexer([NotNullWhen(true)] out IConnectionMultiplexer? multiplexer)
    {
        multiplexer = Array.Find(_slots, slot => slot.Multiplexer is { IsConnected: true })?.Multiplexer;
        return multiplexer is not null;
    }

    /// <summary>Logs why there is no connection, once for each reason (see <see cref="ToldTroubles"/>).</summary>
    public void TellTrouble() => TellTrouble(IsConnected ? null : Trouble);

    /// <summary>Looks again whether the servers are a Cluster.</summary>
    public void RefreshTopology() => Array.ForEach(_slots, slot => slot.Refresh());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task? connecting;
        lock (_starting)
        {
            connecting = _connecting;
        }

        await (connecting ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var slot in _slots)
        {
            if (slot.Multiplexer is { } multiplexer)
            {
                await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await multiplexer.DisposeAsync();
            }
        }

        _stop.Dispose();
    }

    private async Task ConnectAsync(Slot slot, CancellationToken cancellationToken)
    {
        for (var repetition = 0; !cancellationToken.IsCancellationRequested; repetition++)
        {
            try
            {
                var multiplexer = await MakeAsync(cancellationToken);
                multiplexer.ConnectionFailed += (_, failed) => Note(failed.Exception is { } why ? RedisErrors.AbsenceOf(why) : null);
                multiplexer.ConnectionRestored += (_, _) =>
                {
                    _reason = null;
                    TellTrouble(null);
                };
                slot.Connected(multiplexer);
                if (!multiplexer.IsConnected)
                {
                    Note(WhyNot(multiplexer) is { } failure ? RedisErrors.AbsenceOf(failure) : null);
                }

                TellTrouble();
                _ready.TrySetResult();
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Note(RedisErrors.AbsenceOf(e));
                TellTrouble(RedisErrors.TypeOf(e));
                await Task.Delay(_backoff.Delay(repetition), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks a fresh connection why there is none, for as long as there is none.</summary>
    private async Task AskWhyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(AskingInterval, _time);
        try
        {
            await _ready.Task.WaitAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!IsConnected)
                {
                    Note(await ReasonAsync(cancellationToken));
                    TellTrouble();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>What a fresh connection meets; null when it meets nothing: Redis is back.</summary>
    private async Task<string?> ReasonAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var fresh = await MakeAsync(cancellationToken);
            await fresh.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return null;
        }
        catch (RedisException e)
        {
            return RedisErrors.AbsenceOf(e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return RedisErrors.TypeOf(e);
        }
    }

    /// <summary>A command that finds no connection fails at once, with what the client met when it last tried to make one.</summary>
    private static Exception? WhyNot(ConnectionMultiplexer multiplexer)
    {
        try
        {
            var ping = multiplexer.GetDatabase().PingAsync();
            _ = ping.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return ping.IsFaulted ? ping.Exception.InnerException : null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    /// <summary>Learns why there is no connection, where it is told.</summary>
    private void Note(string? reason)
    {
        if (reason is not null)
        {
            _reason = reason;
        }
    }

    private void TellTrouble(string? trouble)
    {
        if (_told.IsNews(trouble))
        {
            CannotConnect(_logger, string.Join(", ", _options.Host.Select(host => RedisEndpointAttribute.Words(host, _options.Port))), trouble!);
        }
    }

    /// <summary>Makes a multiplexer, which takes as long as servers are silent: at the stop nobody waits for that, and what comes later is put away.</summary>
    private async Task<ConnectionMultiplexer> MakeAsync(CancellationToken cancellationToken)
    {
        // The client does parts of this on the caller's thread, name resolution among them.
        var making = Task.Run(() => ConnectionMultiplexer.ConnectAsync(_configuration.Clone()), CancellationToken.None);
        try
        {
            return await making.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = PutAwayAsync(making);
            throw;
        }
    }

    private static async Task PutAwayAsync(Task<ConnectionMultiplexer> making)
    {
        await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (making.IsCompletedSuccessfully)
        {
            await (await making).DisposeAsync();
        }
    }

    [LoggerMessage(EventId = 700, Level = LogLevel.Warning, Message = "Redis at {Hosts} cannot be reached ({Error}); the service works without it and keeps trying")]
    private static partial void CannotConnect(ILogger logger, string hosts, string error);

    /// <summary>A place in the pool; empty until its multiplexer is made.</summary>
    private sealed class Slot
    {
        private volatile ConnectionMultiplexer? _multiplexer;
        private volatile bool _isCluster;

        public Slot(TimeProvider time, TimeSpan patience) =>
            Lookups = new SharedTrips(keys => RedisCommands.GetAsync(Multiplexer!.GetDatabase(), keys), time, patience);

        public ConnectionMultiplexer? Multiplexer => _multiplexer;

        /// <summary>Only for a multiplexer that is there.</summary>
        public SharedTrips Lookups { get; }

        public bool IsCluster => _isCluster;

        public void Connected(ConnectionMultiplexer multiplexer)
        {
            multiplexer.ConfigurationChanged += (_, _) => Refresh();
            multiplexer.ConnectionRestored += (_, _) => Refresh();
            _multiplexer = multiplexer;
            Refresh();
        }

        public void Refresh() => _isCluster = _multiplexer?.GetServers().Any(server => server is { IsConnected: true, ServerType: ServerType.Cluster }) ?? false;
    }
}
