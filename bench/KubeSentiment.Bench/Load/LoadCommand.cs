using System.CommandLine;
using System.Globalization;
using KubeSentiment.Bench.Http;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Load;

/// <summary>bench load: replays texts against a server and reports rates, latencies and both sides' CPU.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var texts = new TextOptions();
        var urls = Target.Option("Where to POST; several are used by the connections in turn.");
        var connections = new Option<int>("--connections") { Description = "Keep-alive connections.", DefaultValueFactory = _ => 32 };
        var maxInFlight = new Option<int?>("--max-in-flight")
        {
            Description = "Open loop: the most requests in flight, each on its own connection (default: --connections).",
        };
        var pipeline = new Option<int>("--pipeline") { Description = "Closed loop: requests written at once on a connection.", DefaultValueFactory = _ => 1 };
        var requests = new Option<long?>("--requests") { Description = "Stop after so many counted requests." };
        var duration = Seconds("--duration", "Stop after so many counted seconds.");
        var warmup = Seconds("--warmup", "Seconds at the start that do not count.");
        var timeout = Seconds("--timeout", "Seconds after which an unanswered request fails (default 10).");
        var rate = new Option<double?>("--rate") { Description = "Open loop: arrivals a second; latency counts from the scheduled time." };
        var poisson = new Option<bool>("--poisson") { Description = "Open loop: random gaps." };
        var pooled = new Option<bool>("--pooled")
        {
            Description = "Open loop: the connection used last is used next, as connection pools do; without it the one idle longest, as of callers with a connection each.",
        };
        var batch = new Option<int?>("--batch") { Description = "Texts a request, sent to the batch route." };
        var seed = new Option<int?>("--seed") { Description = "Shuffle the texts (default: file order) and seed the random gaps." };
        var json = new Option<FileInfo?>("--json") { Description = "Write the result here." };
        var intervals = new Option<FileInfo?>("--intervals") { Description = "Write the run's course here: requests, latency and cache levels, tab-separated, a row an interval." };
        var interval = Seconds("--interval", "How long an interval of --intervals is (default 60).");
        var apiKey = new Option<string?>("--api-key") { Description = "Sent as X-API-Key." };
        var countCached = new Option<bool>("--count-cached") { Description = "Count the cached field of the answers." };
        var pids = new Option<int[]>("--pid") { Description = "The server's process: read its CPU and memory from /proc. Several are added up." };
        var watch = new Option<string[]>("--watch") { Description = "NAME=PID: another process whose CPU and memory belong in the result." };
        var command = new Command("load", "Replay texts against a server.")
        {
            urls, connections, maxInFlight, pipeline, requests, duration, warmup, timeout, rate, poisson, pooled, batch, seed, json, intervals, interval, apiKey,
            countCached, pids, watch,
        };
        texts.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            RunSocketsInline();
            var options = new LoadOptions
            {
                Urls = parsed.GetRequiredValue(urls),
                Batch = parsed.GetValue(batch),
                Connections = parsed.GetValue(rate) is null ? parsed.GetValue(connections) : parsed.GetValue(maxInFlight) ?? parsed.GetValue(connections),
                Pipeline = parsed.GetValue(pipeline),
                Requests = parsed.GetValue(requests),
                Duration = Time(parsed.GetValue(duration)),
                Warmup = Time(parsed.GetValue(warmup)) ?? TimeSpan.Zero,
                Rate = parsed.GetValue(rate),
                Poisson = parsed.GetValue(poisson),
                Pooled = parsed.GetValue(pooled),
                Seed = parsed.GetValue(seed),
                Timeout = Time(parsed.GetValue(timeout)) ?? TimeSpan.FromSeconds(10),
                ApiKey = parsed.GetValue(apiKey),
                CountCached = parsed.GetValue(countCached),
                Intervals = parsed.GetValue(intervals),
                Interval = Time(parsed.GetValue(interval)) ?? TimeSpan.FromMinutes(1),
                ServerPids = parsed.GetValue(pids) ?? [],
                Watched = (parsed.GetValue(watch) ?? []).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => int.Parse(pair[^1], CultureInfo.InvariantCulture)),
            };
            if (options.Problem() is { } problem)
            {
                await Console.Error.WriteLineAsync(problem);
                return 2;
            }

            var bodies = new RequestBodies(texts.Read(parsed), options.Batch, options.Seed);
            var result = await new LoadRun(options, bodies).RunAsync(cancellation);
            LoadPrinter.Print(result, Console.Out);
            ResultJson.Write(parsed.GetValue(json), result);
            return result.Good == result.Requests && result.Requests > 0 ? 0 : 1;
        });
        return command;
    }

    // One thread waits for all sockets and runs their continuations itself: no hand-over to the pool.
    // The runtime reads this when the first socket is made.
    private static void RunSocketsInline()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
    }

    private static Option<double?> Seconds(string name, string description) => new(name) { Description = description };

    private static TimeSpan? Time(double? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
