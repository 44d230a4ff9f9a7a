using System.Globalization;

namespace KubeSentiment.Bench.Load;

/// <summary>Reads the CPU time and memory of a process from /proc (Linux).</summary>
/// <param name="name">What the result calls it.</param>
/// <param name="pid">Its id.</param>
internal sealed class WatchedProcess(string name, int pid)
{
    public const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private double _cpuBefore;
    private long _rssBeforeKb;

    /// <summary>Largest of the samples.</summary>
    public long PeakSampledKb { get; private set; }

    /// <summary>From here on its use is counted.</summary>
    public void Begin() => (_cpuBefore, _rssBeforeKb) = (CpuSeconds(), SampleRssKb());

    /// <summary>What it used since.</summary>
    public ProcessUse Use(long requests)
    {
        var cpu = CpuSeconds() - _cpuBefore;
        var after = SampleRssKb();
        return new ProcessUse(name, cpu, ProcessUse.Each(cpu, requests), _rssBeforeKb, after, PeakSampledKb, StatusKb("VmHWM:"));
    }

    /// <summary>User and kernel seconds since the process began.</summary>
    private double CpuSeconds()
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
        PeakSampledKb = Math.Max(PeakSampledKb, rss);
        return rss;
    }

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
