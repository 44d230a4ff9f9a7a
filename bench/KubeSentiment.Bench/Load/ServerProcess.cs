using System.Globalization;

namespace KubeSentiment.Bench.Load;

/// <summary>Reads the CPU time and memory of a process from /proc (Linux).</summary>
internal sealed class ServerProcess(int pid)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private long _peakKb;

    /// <summary>User and kernel seconds since the process began.</summary>
    public double CpuSeconds()
    {
        // The second field is the program's name and may hold spaces; fields are counted from behind it.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Resident memory now, in KB; remembers the peak of all samples.</summary>
    public long SampleRssKb()
    {
        var rss = StatusKb("VmRSS:");
        _peakKb = Math.Max(_peakKb, rss);
        return rss;
    }

    public long PeakSampledKb => _peakKb;

    /// <summary>The kernel's own peak since the process began, in KB.</summary>
    public long HighWaterMarkKb() => StatusKb("VmHWM:");

    private long StatusKb(string name)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(name.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
