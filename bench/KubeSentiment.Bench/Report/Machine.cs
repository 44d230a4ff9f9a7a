using System.Globalization;
using System.Runtime.InteropServices;

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

    private static string Field(List<string> lines, string name) =>
        lines.Find(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : "unknown";
}
