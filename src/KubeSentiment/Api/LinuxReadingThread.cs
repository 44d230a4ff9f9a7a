using System.Runtime.InteropServices;

namespace KubeSentiment.Api;

/// <summary>The threads of .NET's sockets on Linux. Elsewhere no thread is taken for one.</summary>
internal sealed partial class LinuxReadingThread : IReadingThread
{
    /// <summary>What .NET calls them. Those of the pool have other names, and the model's, which go on reading from a connection that they have just answered.</summary>
    public const string Name = ".NET Sockets";

    private const int OfThread = 1;

    // The C library's rusage is eighteen numbers, of which the last but one counts the times when the thread gave up its core by itself.
    private const int Numbers = 18;
    private const int VoluntarySwitches = 16;

    public bool IsCurrent => OperatingSystem.IsLinux() && Thread.CurrentThread.Name == Name;

    public long Waits
    {
        get
        {
            Span<long> usage = stackalloc long[Numbers];
            _ = GetUsage(OfThread, usage);
            return usage[VoluntarySwitches];
        }
    }

    public void Rest(TimeSpan time) =>
        _ = Sleep(new TimeSpec(time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick), rest: 0);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetUsage(int who, Span<long> usage);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(in TimeSpec time, nint rest);

    /// <summary>The C library's <c>timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
