using System.Globalization;
using KubeSentiment.Bench.Load;
using KubeSentiment.Bench.Report;
using KubeSentiment.Bench.Streams;

namespace KubeSentiment.Bench.Capacity;

/// <summary>Writes the table as markdown: what was measured, what is predicted from it, and how far the two are apart where both are known.</summary>
/// <param name="results">What table.sh measured.</param>
/// <param name="catalogue">How many different texts the streams draw from.</param>
/// <param name="count">How many texts a measured stream has.</param>
/// <param name="held">The part of a core that a replica was held to.</param>
internal sealed class CapacityReport(ResultFolder results, int catalogue, int count, double held) : MarkdownReport
{
    private const int Seed = 1;

    // As long as so low a hit rate allows with so many texts.
    private const int LongStream = 100_000;

    private static readonly (int Replicas, double HitRate)[] Sizes = [(2, 0.35), (5, 0.42), (10, 0.45), (50, 0.45)];
    private static readonly double[] CoresEach = [1, 2];

    private readonly RequestCosts _costs = RequestCosts.From(results.Loads("memory"), results.Loads("redis"), results.Loads("model"), held);

    protected override void Write()
    {
        Costs();
        Wide();
        Check();
        Table();
        Calm();
    }

    private void Costs()
    {
        Section("What a request costs (measured)");
        Line($"One replica that may use {held} of a core; Redis and the client have the rest of two. Each run has one kind of answer only. Bare Kestrel, which reads and writes the same JSON and does nothing else, tells how fast this machine was.");
        Line();
        Line("| answered by | requests/s | replica's CPU, µs | Redis' CPU, µs | client's CPU, µs | p50 ms | p99 ms | replica's RSS, MB | bytes an answer |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (name, title) in new[] { ("bare", "bare Kestrel"), ("memory", "the replica's memory"), ("redis", "Redis"), ("model", "the model") })
        {
            var runs = results.Loads(name);
            Line($"| {title} | {Median.Of(runs, run => run.RequestsPerSecond):0} | {Median.Of(runs, run => run.Server!.CpuMicrosecondsPerRequest):0.0} "
                + $"| {Figure(Median.Of(runs, run => Of(run, "redis")), "0.0")} | {Median.Of(runs, run => run.ClientCpuMicrosecondsPerRequest):0.0} "
                + $"| {Median.Of(runs, run => run.Latency.P50):0.00} | {Median.Of(runs, run => run.Latency.P99):0.00} "
                + $"| {Median.Of(runs, run => run.Server!.RssAfterKb / 1024.0):0} | {runs[0].BytesPerAnswer} |");
        }

        Line();
        Line($"A replica that can do no more uses {_costs.Busy:P0} of what it may. Redis takes {_costs.Lookup:0.0} µs for a lookup and {_costs.Write:0.0} µs for a write.");
    }

    private void Wide()
    {
        Section("One replica on two cores (measured)");
        Line("The client and Redis are on the same two cores, so the rate is what is left to the replica. The last column is what its own CPU a request allows on two cores of its own.");
        Line();
        Line("| hits, % | requests/s | p50 ms | p99 ms | replica's cores used | replica's CPU, µs | client's CPU, µs | Redis' CPU, µs | two cores of its own, requests/s |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var rate in new[] { 0, 35, 45, 100 })
        {
            var runs = results.Loads($"wide-{rate}");
            var cpu = Median.Of(runs, run => run.Server!.CpuMicrosecondsPerRequest);
            Line($"| {100 * Median.Of(runs, run => Split(run).Hits):0.0} | {Median.Of(runs, run => run.RequestsPerSecond):0} | {Median.Of(runs, run => run.Latency.P50):0.00} "
                + $"| {Median.Of(runs, run => run.Latency.P99):0.00} | {Median.Of(runs, run => run.Server!.CpuSeconds / run.Seconds):0.00} | {cpu:0} "
                + $"| {Median.Of(runs, run => run.ClientCpuMicrosecondsPerRequest):0} | {Median.Of(runs, run => Of(run, "redis")):0} | {2 * _costs.Busy * 1e6 / cpu:0} |");
        }
    }

    private void Check()
    {
        Section("The prediction held against mixed streams");
        Line("Predicted: the costs above, times who answers by a simulation of the stream. Measured: seeded streams, closed loop, several replicas behind HAProxy, which gives them connections in turn, each held to its cores by a cgroup.");
        Line();
        Line("| replicas | cores each | answered by memory, Redis, model: simulated, % | measured, % | predicted requests/s | measured | error, % | p99 ms | replica's CPU, µs | HAProxy's CPU, µs |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var point in CapacityPoint.All(held))
        {
            var split = HitSplit.Of(new ZipfStream(catalogue, count, point.HitRate), count, point.Replicas, Seed);
            var runs = results.Loads(point.Name);
            var predicted = _costs.Rate(split, point.Replicas * point.CoresEach);
            var measured = Median.Of(runs, run => run.RequestsPerSecond);
            Line($"| {point.Replicas} | {point.CoresEach} | {Shares(split)} | {Shares(Split(runs[0]))} | {predicted:0} | {measured:0} | {100 * ((predicted / measured) - 1):+0.0;-0.0} "
                + $"| {Median.Of(runs, run => run.Latency.P99):0} | {Median.Of(runs, run => run.Server!.CpuMicrosecondsPerRequest):0} | {Figure(Median.Of(runs, run => Of(run, "haproxy")), "0")} |");
        }
    }

    private void Table()
    {
        Section("The table (predicted, but for the published rows)");
        Line($"Streams of {LongStream:N0} texts. All pods get the same share of the requests; nothing else runs on their cores; one Redis, whose one thread has a core.");
        Line();
        Line("| pods | hits, % | of them from Redis, % | cores a pod | requests/s, predicted | published | cores for the published rate | Redis busy, % | answers, Mbit/s | first limit |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var bytes = results.Loads("model")[0].BytesPerAnswer;
        foreach (var (replicas, hitRate) in Sizes)
        {
            var split = HitSplit.Of(new ZipfStream(catalogue, LongStream, hitRate), LongStream, replicas, Seed);
            var published = PublishedRow.All.SingleOrDefault(row => row.Replicas == replicas);
            foreach (var cores in CoresEach)
            {
                var (pods, redis) = (_costs.Rate(split, replicas * cores), _costs.RedisRate(split));
                var rate = Math.Min(pods, redis);
                Line($"| {replicas} | {100 * split.Hits:0.0} | {100 * split.Redis / split.Hits:0} | {cores} | {rate:0} | {published?.RequestsPerSecond.ToString("0") ?? "none"} "
                    + $"| {(published is null ? "" : $"{published.RequestsPerSecond * _costs.Of(split) / _costs.Busy / 1e6:0.0}")} | {100 * rate / redis:0} | {rate * bytes * 8 / 1e6:0} "
                    + $"| {(redis < pods ? "Redis' one thread" : "the pods' CPU")} |");
            }
        }
    }

    private void Calm()
    {
        Section("Latency at 70 % of what was reached (measured)");
        Line("Open loop, random gaps; from the time a request was due. A pod's latency does not depend on how many others there are, as long as Redis is not full.");
        Line("What was reached is a closed loop's, whose batches are always full; at random arrivals a request costs more, so this is nearer to the capacity than 70 %. Failed are those that were refused.");
        Line();
        Line("| replicas | cores each | hits, % | requests/s | p50 ms | p90 ms | p99 ms | p99.9 ms | failed | published p99 ms |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var point in CapacityPoint.All(held))
        {
            foreach (var run in results.Loads($"calm-{point.Name}"))
            {
                Line($"| {point.Replicas} | {point.CoresEach} | {100 * Split(run).Hits:0.0} | {run.RequestsPerSecond:0} | {run.Latency.P50:0.0} | {run.Latency.P90:0.0} | {run.Latency.P99:0.0} "
                    + $"| {run.Latency.P999:0.0} | {run.Requests - run.Good} | {PublishedRow.All.MinBy(row => Math.Abs(row.HitRate - point.HitRate))!.P99:0} |");
            }
        }
    }

    private static HitSplit Split(LoadResult run)
    {
        var (memory, redis, model) = run.Cached!;
        double all = memory + redis + model;
        return new HitSplit(memory / all, redis / all, model / all);
    }

    private static string Shares(HitSplit split) => $"{100 * split.Memory:0.0}, {100 * split.Redis:0.0}, {100 * split.Model:0.0}";

    private static double Of(LoadResult run, string process) => run.Processes.Find(use => use.Name == process)?.CpuMicrosecondsPerRequest ?? double.NaN;

    private static string Figure(double value, string format) => double.IsNaN(value) ? "none" : value.ToString(format, CultureInfo.InvariantCulture);
}
