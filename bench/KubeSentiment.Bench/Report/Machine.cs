using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeSentiment.Bench.Report;

/// <summary>The hardware and software that figures belong to.</summary>
internal static class Machine
{
    public static IEnumerable<string> Describe()
    {
        var cpu = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").ToList() : [];
        var flags = Field(cpu, "flags").Split(' ');
        yield return $"CPU: {Field(cpu, "model name")}, {Environment.ProcessorCount} cores usable, AVX512-VNNI {(flags.Contains("avx512_vnni") ? "yes" : "no")}, AVX-VNNI {(flags.Contains("avx_vnni") ? "yes" : "no")}";
        yield return $"Memory: {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0.0} GB";
        yield return $"System: {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}";
        yield return $".NET: {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>UTC, for the report's head.</summary>
    public static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Field(List<string> lines, string name) =>
        lines.Find(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : "unknown";
}
