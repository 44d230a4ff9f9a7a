namespace KubeSentiment.Bench.Load;

/// <summary>Prints a load result for people.</summary>
internal static class LoadPrinter
{
    public static void Print(LoadResult r, TextWriter output)
    {
        output.WriteLine($"{r.Url}");
        output.WriteLine($"{r.Mode}, {r.Connections} connections, {r.Seconds:0.00} s");
        output.WriteLine($"requests   {r.Requests}  ({Counts(r.Statuses)})");
        output.WriteLine($"failures   {r.Failures.Values.Sum()}  {Counts(r.Failures)}");
        output.WriteLine($"rate       {r.RequestsPerSecond:0.0} requests/s  {r.TextsPerSecond:0.0} texts/s  ({r.BytesPerAnswer} bytes an answer)");
        output.WriteLine($"latency    {r.Latency}");
        output.WriteLine($"from send  {r.FromSend}");
        if (r.Refused is { } refused)
        {
            output.WriteLine($"accepted   {r.Accepted}");
            output.WriteLine($"refused    {refused} (from send)");
        }

        if (r.Cached is { } cached)
        {
            output.WriteLine($"cached     l1 {cached.Level1}  l2 {cached.Level2}  false {cached.Computed}");
        }

        output.WriteLine($"client     {r.ClientCpuSeconds:0.000} s CPU, {r.ClientCpuMicrosecondsPerRequest:0.0} µs a request");
        foreach (var s in r.Processes)
        {
            output.WriteLine($"{s.Name,-10} {s.CpuSeconds:0.00} s CPU, {s.CpuMicrosecondsPerRequest:0.0} µs a request; "
                + $"RSS {Mb(s.RssBeforeKb)} -> {Mb(s.RssAfterKb)} MB, peak sampled {Mb(s.PeakSampledKb)} MB, since its start {Mb(s.HighWaterMarkKb)} MB");
        }
    }

    private static string Mb(long kb) => $"{kb / 1024.0:0.0}";

    private static string Counts(Dictionary<string, long> counts) => string.Join(", ", counts.Select(c => $"{c.Key}: {c.Value}"));
}
