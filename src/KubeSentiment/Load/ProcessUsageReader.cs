namespace KubeSentiment.Load;

/// <summary>The process by itself: its CPU time against the processors it may use, its working set against the memory there is.</summary>
/// <remarks>
/// For a process outside of a container: there the control group files speak of the whole machine. The runtime rounds a CPU quota up to whole processors and
/// gives the memory that the garbage collector may use, so inside of a container these figures would be near the truth, not on it.
/// </remarks>
internal sealed class ProcessUsageReader(TimeProvider time) : IUsageReader
{
    private long _at = time.GetTimestamp();
    private TimeSpan _cpuTime = Environment.CpuUsage.TotalTime;
    private double _cpu;

    public ResourceUsage Read()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_at, now);
        if (elapsed > TimeSpan.Zero)
        {
            var cpuTime = Environment.CpuUsage.TotalTime;
            _cpu = Math.Clamp((cpuTime - _cpuTime) / elapsed / Environment.ProcessorCount, 0, 1);
            (_at, _cpuTime) = (now, cpuTime);
        }

        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new ResourceUsage(_cpu, available > 0 ? Math.Clamp((double)Environment.WorkingSet / available, 0, 1) : 0);
    }

    public void Dispose()
    {
    }
}
