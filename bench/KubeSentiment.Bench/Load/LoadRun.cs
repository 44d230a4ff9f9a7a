using System.Diagnostics;
using KubeSentiment.Bench.Http;

namespace KubeSentiment.Bench.Load;

/// <summary>One load run, from opening the connections to the result.</summary>
internal sealed class LoadRun(LoadOptions options, RequestBodies bodies)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);

    private readonly Tally _tally = new();

    // The servers first.
    private readonly WatchedProcess[] _processes =
    [
        .. options.ServerPids.Select(pid => new WatchedProcess(ProcessUse.Server, pid)),
        .. options.Watched.Select(other => new WatchedProcess(other.Key, other.Value)),
    ];

    public async Task<LoadResult> RunAsync(CancellationToken cancellation)
    {
        // 1. Connections, spread over the addresses, and what tells them when to send.
        IArrivals arrivals = options.Rate is { } rate
            ? new OpenLoop(rate, options.Requests, options.Poisson, options.Pooled, options.Seed ?? 0)
            : new ClosedLoop(options.Requests);
        var targets = Array.ConvertAll(options.Urls, Target.Resolve);
        var connections = Enumerable.Range(0, options.Connections).Select(i => Connect(targets[i % targets.Length], arrivals)).ToArray();
        var runs = Task.WhenAll(Array.ConvertAll(connections, connection => connection.RunAsync()));
        using var stopWatching = new CancellationTokenSource();
        var watching = WatchAsync(connections, stopWatching.Token);

        // 2. Warm-up, then counting begins.
        await PauseAsync(options.Warmup, runs, cancellation);
        var own = Process.GetCurrentProcess();
        var clientCpu = own.TotalProcessorTime;
        Array.ForEach(_processes, process => process.Begin());
        var opened = Stopwatch.GetTimestamp();
        arrivals.BeginCounting(options.Duration is { } duration ? opened + (long)(duration.TotalSeconds * Stopwatch.Frequency) : long.MaxValue);

        var course = options.Intervals is { } file
            ? new IntervalFile(file, options.Interval, options.Duration, _tally).WriteAsync(opened, stopWatching.Token)
            : Task.CompletedTask;

        // 3. Until the time is over or the number is reached; an open loop may then work off its backlog for one timeout.
        await PauseAsync(ArrivingTime(), runs, cancellation);
        arrivals.StopArriving();
        await PauseAsync(options.Timeout, runs, CancellationToken.None);
        foreach (var waited in arrivals.Abandon())
        {
            _tally.Failed("unsent", waited);
        }

        await runs;
        Array.ForEach(connections, connection => connection.Dispose());
        await stopWatching.CancelAsync();
        await watching;
        await course;

        // 4. The counts, with what the processes used for them.
        own.Refresh();
        var result = _tally.Result(opened, bodies.TextsPerRequest, options.CountCached);
        var cpu = (own.TotalProcessorTime - clientCpu).TotalSeconds;
        var uses = Array.ConvertAll(_processes, process => process.Use(result.Requests));
        return result with
        {
            Url = string.Join(' ', options.Urls.Select(u => u.ToString())),
            Mode = Mode(),
            Connections = options.Connections,
            ClientCpuSeconds = cpu,
            ClientCpuMicrosecondsPerRequest = ProcessUse.Each(cpu, result.Requests),
            Server = options.ServerPids.Length == 0 ? null : ProcessUse.Sum(ProcessUse.Server, uses[..options.ServerPids.Length]),
            Processes = [.. uses],
        };
    }

    private LoadConnection Connect(Target target, IArrivals arrivals)
    {
        var path = target.Url.PathAndQuery;
        if (bodies.IsBatch && path.EndsWith("/predict", StringComparison.Ordinal))
        {
            path += "/batch";
        }

        return new LoadConnection(target, target.PostHead(path, options.ApiKey), bodies, arrivals, _tally, options.Pipeline, options.CountCached);
    }

    // A closed loop that counts requests ends by itself. An open one with a number ends when that many have fallen due.
    private TimeSpan ArrivingTime() =>
        options.Duration ?? (options.Rate is { } rate ? TimeSpan.FromSeconds(options.Requests!.Value / rate) + options.Timeout : Timeout.InfiniteTimeSpan);

    private async Task WatchAsync(LoadConnection[] connections, CancellationToken cancellation)
    {
        var limit = (long)(options.Timeout.TotalSeconds * Stopwatch.Frequency);
        using var timer = new PeriodicTimer(SampleEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                var now = Stopwatch.GetTimestamp();
                Array.ForEach(connections, connection => connection.AbortIfLate(now, limit));
                Array.ForEach(_processes, process => process.SampleRssKb());
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private static async Task PauseAsync(TimeSpan time, Task runs, CancellationToken cancellation)
    {
        if (time != TimeSpan.Zero)
        {
            // Ctrl+C ends the wait, not the run: what was counted so far is still reported.
            await Task.WhenAny(runs, Task.Delay(time, TimeProvider.System, cancellation));
        }
    }

    private string Mode()
    {
        var loop = options.Rate is { } rate ? $"open loop, {rate} requests/s, {(options.Poisson ? "random" : "even")} gaps" : "closed loop";
        var batch = options.Batch is { } n ? $", {n} texts a request" : "";
        var pipeline = options.Pipeline > 1 ? $", {options.Pipeline} requests pipelined" : "";
        return loop + batch + pipeline;
    }
}
