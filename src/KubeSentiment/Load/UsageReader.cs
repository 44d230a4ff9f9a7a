namespace KubeSentiment.Load;

/// <summary>Measures the container where there is one, and the process elsewhere; never throws.</summary>
internal sealed partial class UsageReader(string controlGroups, TimeProvider time, ILogger<UsageReader> logger) : IUsageReader
{
    public const string ControlGroups = "/sys/fs/cgroup";

    private IUsageReader? _reader;

    /// <summary>The first reading opens the files: that takes a while, and the start need not wait for it.</summary>
    public ResourceUsage Read()
    {
        try
        {
            _reader ??= IsInContainer(controlGroups) ? new ContainerUsageReader() : new ProcessUsageReader(time);
            return _reader.Read();
        }
        catch (Exception e) when (_reader is not ProcessUsageReader)
        {
            CannotMeasureContainer(logger, e);
            _reader?.Dispose();
            _reader = new ProcessUsageReader(time);
            return _reader.Read();
        }
    }

    public void Dispose() => _reader?.Dispose();

    /// <summary>Whether the mounted control group is this process's own. At the root of the hierarchy the files speak of the whole machine.</summary>
    internal static bool IsInContainer(string controlGroups)
    {
        // Version 2: every group but the root has this file.
        if (File.Exists(Path.Combine(controlGroups, "cgroup.controllers")))
        {
            return File.Exists(Path.Combine(controlGroups, "memory.current"));
        }

        // Version 1: only the root has a release agent.
        var memory = Path.Combine(controlGroups, "memory");
        return File.Exists(Path.Combine(memory, "memory.usage_in_bytes")) && !File.Exists(Path.Combine(memory, "release_agent"));
    }

    [LoggerMessage(EventId = 650, Level = LogLevel.Warning, Message = "The container's CPU and memory cannot be measured; the process's own are used")]
    private static partial void CannotMeasureContainer(ILogger logger, Exception exception);
}
