using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Report;

/// <summary>Writes a comparison as markdown: every figure comes from the result files, and what was not measured says so.</summary>
internal sealed class ComparisonReport(ResultFolder results, string commit, string notes) : MarkdownReport
{
    protected override void Write()
    {
        Line($"# Comparison, {Machine.Now()}");
        Line();
        Line($"Commit {commit}. {notes} Medians of the rounds; the rounds alternate between the things compared. Written by bench/compare.sh.");
        Line();
        foreach (var fact in Machine.Describe())
        {
            Line($"- {fact}");
        }

        Start();
        Misses();
        Idle();
        Overhead();
        Memory();
    }

    private void Start()
    {
        Section("Start to ready");
        var starts = results.ReadyMilliseconds();
        Line(starts.Count == 0
            ? "Not measured."
            : $"By default, with two speeds: median {Median.Of(starts, s => s):0} ms of {starts.Count} starts ({Join(starts, s => s)}); must be at most 1500.");
    }

    private void Misses()
    {
        Section("Misses against ONNX Runtime called directly");
        var (full, spared, two) = (results.Directs("direct-full"), results.Directs("direct-spared"), results.Directs("direct-two"));
        if (full.Count == 0 || spared.Count == 0 || two.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        Line($"{full[0].Texts} distinct texts, {(double)full[0].Tokens / full[0].Texts:0.0} tokens a text. "
            + $"Direct: {full[0].Threads} threads, the best of the sweep below, tokenization included: the full model alone in batches {Way(full[0].Best)}, "
            + $"two speeds in batches {Way(two[0].Best)}, where the fast model answers {Share(two[0].Best.FastShare)} of the texts.");
        Line();
        Line("The service must reach at least 90 % of direct calls of the same models (column *of its direct*): with the full model alone of *direct, full model alone*, "
            + "by default of *direct, two speeds*. The column *of direct, full* is no target; it shows what two speeds gain.");
        Line();
        Line("| what | texts/s | of its direct | of its direct by CPU | of direct, full | of direct, full, by CPU | rounds | p50 ms | p99 ms | server CPU µs/text "
            + "| client CPU µs/request | failures, non-2xx | answered from a cache |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var (fullRate, twoRate) = (Rate.Of(full), Rate.Of(two));
        DirectRow("direct, full model alone", full, fullRate);
        Row("full model alone, /predict", results.Loads("predict-full"), fullRate, fullRate);
        Row("full model alone, /predict/batch", results.Loads("batch-full"), fullRate, fullRate);
        DirectRow("direct, full model alone, without the tokens that the service leaves out", spared, fullRate);
        DirectRow("direct, two speeds", two, fullRate);
        Row("default, /predict", results.Loads("predict-two"), twoRate, fullRate);
        Row("default, /predict/batch", results.Loads("batch-two"), twoRate, fullRate);
        Line();
        Line("By rate, the client's CPU counts against the service: both share the cores, and direct calls have no client. "
            + "By CPU: what direct calls use for a text over what the server uses for one. "
            + "It leaves out the client's CPU and idle cores, and other work on the machine disturbs it less.");
        Spared(Rate.Of(spared));
        Line();
        Line("Sweep of the direct calls:");
        Line();
        Line("| models | batch | order | texts/s | CPU µs/text | padding | answered by the fast model |");
        Line("| --- | --- | --- | --- | --- | --- | --- |");
        Sweep("full alone", results.Directs("sweep-full"));
        Sweep("two speeds", results.Directs("sweep-two"));
    }

    /// <summary>Direct calls run the model's file as it is; the service does less, to the same answers, and how much of the figure that is must be said.</summary>
    private void Spared(Rate direct)
    {
        var (predict, batch) = (results.Loads("predict-full"), results.Loads("batch-full"));
        if (predict.Count > 0 && batch.Count > 0)
        {
            var (one, many) = (Rate.Of(predict), Rate.Of(batch));
            Line();
            Line("Direct calls run the file as it is. The service leaves out padding and what of the last layer labels do not depend on, to the same answers. Of direct calls that leave them out as well, the full model alone "
                + $"reaches {one.OfRate(direct)} through /predict ({one.OfCpu(direct)} by CPU) and {many.OfRate(direct)} through /predict/batch ({many.OfCpu(direct)} by CPU).");
        }
    }

    private void DirectRow(string name, List<DirectResult> runs, Rate full)
    {
        var own = Rate.Of(runs);
        Line($"| {name} | {own.TextsPerSecond:0} | {own.OfRate(own)} | {own.OfCpu(own)} | {own.OfRate(full)} | {own.OfCpu(full)} "
            + $"| {Join(runs, d => d.Best.TextsPerSecond)} | | | {own.CpuMicroseconds:0} | | | |");
    }

    private void Row(string name, List<LoadResult> runs, Rate direct, Rate full)
    {
        if (runs.Count == 0)
        {
            return;
        }

        var own = Rate.Of(runs);
        var cached = runs.Sum(r => r.Cached is { } c ? c.Level1 + c.Level2 : 0);
        Line($"| {name} ({runs[0].Mode}, {runs[0].Connections} connections) "
            + $"| {own.TextsPerSecond:0} | {own.OfRate(direct)} | {own.OfCpu(direct)} | {own.OfRate(full)} | {own.OfCpu(full)} "
            + $"| {Join(runs, r => r.TextsPerSecond)} | {Median.Of(runs, r => r.Latency.P50):0.00} | {Median.Of(runs, r => r.Latency.P99):0.00} "
            + $"| {own.CpuMicroseconds:0} | {Median.Of(runs, r => r.ClientCpuMicrosecondsPerRequest):0} | {runs.Sum(r => r.Requests - r.Good)} | {cached} |");
    }

    private void Sweep(string models, List<DirectResult> sweeps)
    {
        foreach (var rate in sweeps.SelectMany(sweep => sweep.Rates))
        {
            Line($"| {models} | {rate.BatchSize} | {(rate.Sorted ? "like lengths" : "file order")} | {rate.TextsPerSecond:0} "
                + $"| {rate.CpuMicrosecondsPerText:0} | {Share(rate.PaddingShare)} | {Share(rate.FastShare)} |");
        }
    }

    private void Idle()
    {
        Section("One request at a time on an idle service");
        var bare = results.Loads("idle-bare");
        var pairs = new[] { ("full model alone", "full"), ("two speeds", "two") }
            .Select(pair => (Models: pair.Item1, Service: results.Loads($"idle-service-{pair.Item2}"), Direct: results.Singles($"idle-direct-{pair.Item2}")))
            .Where(pair => pair.Service.Count > 0 && pair.Direct.Count > 0)
            .ToList();
        if (pairs.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        Line("| what | mean ms | p50 ms | p90 ms | p99 ms |");
        Line("| --- | --- | --- | --- | --- |");
        foreach (var (models, service, direct) in pairs)
        {
            LatencyRow($"{models}: /predict, one connection", service.ConvertAll(r => r.Latency));
            LatencyRow($"{models}: tokenization and runs, in process", direct.ConvertAll(r => r.Total));
        }

        if (bare.Count > 0)
        {
            LatencyRow("bare Kestrel with the same JSON, one connection", bare.ConvertAll(r => r.Latency));
        }

        Line();
        var differences = pairs.Select(pair => $"{pair.Models} {Median.Of(pair.Service, r => r.Latency.P50) - Median.Of(pair.Direct, r => r.Total.P50):0.000} ms");
        Line($"Difference of the medians: {string.Join(", ", differences)}; must be at most 0.3.");
        if (pairs.SelectMany(pair => pair.Direct).FirstOrDefault(run => run.FastShare is not null) is { } two)
        {
            Line($"With two speeds the fast model answers {Share(two.FastShare)} of these texts; what the others take is in the mean and the upper percentiles.");
        }
    }

    private void LatencyRow(string name, List<Latency> runs) =>
        Line($"| {name} | {Median.Of(runs, r => r.Mean):0.000} | {Median.Of(runs, r => r.P50):0.000} "
            + $"| {Median.Of(runs, r => r.P90):0.000} | {Median.Of(runs, r => r.P99):0.000} |");

    private void Overhead()
    {
        Section("What serving costs beside the model");
        var bare = results.Loads("bare");
        if (bare.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        var bareCpu = Median.Of(bare, r => r.Server?.CpuMicrosecondsPerRequest ?? double.NaN);
        Line($"Bare Kestrel with the same JSON, {bare[0].Connections} connections: {Median.Of(bare, r => r.RequestsPerSecond):0} requests/s, "
            + $"{bareCpu:0.0} µs of server CPU a request (client {Median.Of(bare, r => r.ClientCpuMicrosecondsPerRequest):0.0} µs).");
        Beside("with the full model alone", results.Loads("predict-full"), results.Directs("direct-spared"));
        Beside("by default", results.Loads("predict-two"), results.Directs("direct-two"));
    }

    private void Beside(string how, List<LoadResult> predict, List<DirectResult> direct)
    {
        if (predict.Count > 0 && direct.Count > 0)
        {
            var (service, models) = (Rate.Of(predict).CpuMicroseconds, Rate.Of(direct).CpuMicroseconds);
            Line($"/predict on misses {how}: {service:0.0} µs of server CPU a request, of which direct calls of the same graph at the best batch size would use "
                + $"{models:0.0}: {service - models:0.0} µs for HTTP, queues and batches that fill less well.");
        }
    }

    private void Memory()
    {
        Section("Memory");
        var runs = results.Loads("memory");
        if (runs.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        Line("By default, with two speeds. Texts of mixed lengths, sentences and whole reviews; must stay under 350 MB and not grow.");
        Line();
        Line("| requests so far | RSS after, MB | peak sampled, MB | peak since start, MB | failures, non-2xx |");
        Line("| --- | --- | --- | --- | --- |");
        long requests = 0;
        foreach (var run in runs)
        {
            requests += run.Requests;
            Line($"| {requests} | {Mb(run.Server?.RssAfterKb)} | {Mb(run.Server?.PeakSampledKb)} "
                + $"| {Mb(run.Server?.HighWaterMarkKb)} | {run.Requests - run.Good} |");
        }
    }

    private static string Join<T>(List<T> runs, Func<T, double> figure) => string.Join(", ", runs.Select(run => $"{figure(run):0}"));

    private static string Mb(long? kb) => kb is { } value ? $"{value / 1024.0:0.0}" : "not read";

    private static string Way(DirectRate rate) => $"of {rate.BatchSize} {(rate.Sorted ? "of like lengths" : "in file order")}";

    private static string Share(double? share) => share is { } value ? $"{100 * value:0} %" : "";
}
