using System.Globalization;
using System.Runtime.InteropServices;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Report;

/// <summary>The hardware and software that figures belong to.</summary>
internal static class Machine
{
    // Without one of these the int8 model is slower, and its sums may saturate.
    private static readonly string[] Int8Products = ["avx512_vnni", "avx_vnni"];

    public static IEnumerable<string> Describe()
    {
        var cpu = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").ToList() : [];
        var flags = Field(cpu, "flags").Split(' ');
        var products = Int8Products.Where(flags.Contains).ToList();
        yield return $"CPU: {Field(cpu, "model name")}, {Environment.ProcessorCount} cores usable";
        yield return $"int8 products: {(products.Count == 0 ? "neither AVX512-VNNI nor AVX-VNNI" : string.Join(", ", products))}";
        yield return $"Memory: {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.0} GB";
        yield return $"System: {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}";
        yield return $".NET: {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>UTC, for the report's head.</summary>
    public static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Seconds for which the cores have been busy since the machine started, all of them added up.</summary>
    public static double CpuSeconds()
    {
        // cpu user nice system idle iowait irq softirq steal ..., in ticks.
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / WatchedProcess.TicksPerSecond;
    }

    private static string Field(List<string> lines, string name) =>
        lines.Find(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : "unknown";
}
