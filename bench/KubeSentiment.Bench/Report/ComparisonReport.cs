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
            : $"Median {Median.Of(starts, s => s):0} ms of {starts.Count} starts ({Join(starts, s => s)}); must be at most 1500.");
    }

    private void Misses()
    {
        Section("Misses against ONNX Runtime called directly");
        var direct = results.Directs("direct");
        if (direct.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        var best = direct[0].Best;
        var baseline = Median.Of(direct, d => d.Best.TextsPerSecond);
        Line($"{direct[0].Texts} distinct texts, {(double)direct[0].Tokens / direct[0].Texts:0.0} tokens a text. "
            + $"Direct: {direct[0].Threads} threads, batches of {best.BatchSize} {(best.Sorted ? "of like lengths" : "in file order")}, "
            + "the best of the sweep below, tokenization included. Must be at least 90 %.");
        Line();
        Line("| what | texts/s | of direct | of direct by CPU | rounds | p50 ms | p99 ms | server CPU µs/text "
            + "| client CPU µs/request | failures, non-2xx | answered from a cache |");
        Line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var directCpu = Median.Of(direct, d => d.Best.CpuMicrosecondsPerText);
        Line($"| direct | {baseline:0} | 100 % | 100 % | {Join(direct, d => d.Best.TextsPerSecond)} | | | {directCpu:0} | | | |");
        Row("/predict", results.Loads("predict"), baseline, directCpu);
        Row("/predict/batch", results.Loads("batch"), baseline, directCpu);
        Line();
        Line("By CPU: what direct calls use for a text over what the server uses for one; other work on the machine disturbs it less than the rate. "
            + "It leaves out the client's CPU and idle cores, which the rate has in it.");
        Line();
        Line("Sweep of the direct calls:");
        Line();
        Line("| batch | order | texts/s | CPU µs/text | padding |");
        Line("| --- | --- | --- | --- | --- |");
        foreach (var rate in results.Directs("sweep").SelectMany(sweep => sweep.Rates))
        {
            Line($"| {rate.BatchSize} | {(rate.Sorted ? "like lengths" : "file order")} | {rate.TextsPerSecond:0} "
                + $"| {rate.CpuMicrosecondsPerText:0} | {100 * rate.PaddingShare:0} % |");
        }
    }

    private void Row(string name, List<LoadResult> runs, double baseline, double directCpu)
    {
        if (runs.Count == 0)
        {
            return;
        }

        var textsPerSecond = Median.Of(runs, r => r.TextsPerSecond);
        var textsEach = runs[0].TextsPerSecond / runs[0].RequestsPerSecond;
        var cpu = Median.Of(runs, r => (r.Server?.CpuMicrosecondsPerRequest ?? double.NaN) / textsEach);
        var cached = runs.Sum(r => r.Cached is { } c ? c.Level1 + c.Level2 : 0);
        Line($"| {name} ({runs[0].Mode}, {runs[0].Connections} connections) | {textsPerSecond:0} | {100 * textsPerSecond / baseline:0.0} % "
            + $"| {100 * directCpu / cpu:0.0} % | {Join(runs, r => r.TextsPerSecond)} "
            + $"| {Median.Of(runs, r => r.Latency.P50):0.00} | {Median.Of(runs, r => r.Latency.P99):0.00}"
            + $" | {cpu:0} | {Median.Of(runs, r => r.ClientCpuMicrosecondsPerRequest):0} | {runs.Sum(r => r.Requests - r.Good)} | {cached} |");
    }

    private void Idle()
    {
        Section("One request at a time on an idle service");
        var (service, direct, bare) = (results.Loads("idle-service"), results.Singles("idle-direct"), results.Loads("idle-bare"));
        if (service.Count == 0 || direct.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        Line("| what | mean ms | p50 ms | p90 ms | p99 ms |");
        Line("| --- | --- | --- | --- | --- |");
        LatencyRow("/predict, one connection", service.ConvertAll(r => r.Latency));
        LatencyRow("tokenization + one run, in process", direct.ConvertAll(r => r.Total));
        if (bare.Count > 0)
        {
            LatencyRow("bare Kestrel with the same JSON, one connection", bare.ConvertAll(r => r.Latency));
        }

        Line();
        var difference = Median.Of(service, r => r.Latency.P50) - Median.Of(direct, r => r.Total.P50);
        Line($"Difference of the medians: {difference:0.000} ms; must be at most 0.3.");
    }

    private void LatencyRow(string name, List<Latency> runs) =>
        Line($"| {name} | {Median.Of(runs, r => r.Mean):0.000} | {Median.Of(runs, r => r.P50):0.000} "
            + $"| {Median.Of(runs, r => r.P90):0.000} | {Median.Of(runs, r => r.P99):0.000} |");

    private void Overhead()
    {
        Section("What serving costs beside the model");
        var (bare, predict, direct) = (results.Loads("bare"), results.Loads("predict"), results.Directs("direct"));
        if (bare.Count == 0)
        {
            Line("Not measured.");
            return;
        }

        var bareCpu = Median.Of(bare, r => r.Server?.CpuMicrosecondsPerRequest ?? double.NaN);
        Line($"Bare Kestrel with the same JSON, {bare[0].Connections} connections: {Median.Of(bare, r => r.RequestsPerSecond):0} requests/s, "
            + $"{bareCpu:0.0} µs of server CPU a request (client {Median.Of(bare, r => r.ClientCpuMicrosecondsPerRequest):0.0} µs).");
        if (predict.Count > 0 && direct.Count > 0)
        {
            var service = Median.Of(predict, r => r.Server?.CpuMicrosecondsPerRequest ?? double.NaN);
            var model = Median.Of(direct, d => d.Best.CpuMicrosecondsPerText);
            Line($"/predict on misses: {service:0.0} µs of server CPU a request, of which direct calls at the best batch size would use "
                + $"{model:0.0}: {service - model:0.0} µs for HTTP, queue and batches that fill less well.");
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

        Line("Texts of mixed lengths, sentences and whole reviews; must stay under 350 MB and not grow.");
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
}
