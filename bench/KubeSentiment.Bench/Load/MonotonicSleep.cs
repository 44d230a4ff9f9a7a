using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KubeSentiment.Bench.Load;

/// <summary>Sleeps to a point on the Stopwatch's clock within some 10 µs.</summary>
/// <remarks>The runtime's timers tick in whole milliseconds, longer than the answers measured.</remarks>
internal static partial class MonotonicSleep
{
    private const int ClockMonotonic = 1; // what Stopwatch reads on Linux
    private const int AbsoluteTime = 1;
    private const int SetTimerSlack = 29;

    /// <summary>Takes away the 50 µs by which Linux may delay a thread's sleeps.</summary>
    public static void SharpenThisThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = PrCtl(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Returns at or shortly after <paramref name="timestamp"/>, or early after a signal; callers look at the clock again.</summary>
    public static void Until(long timestamp)
    {
        if (OperatingSystem.IsLinux())
        {
            var time = new TimeSpec(timestamp / Stopwatch.Frequency, timestamp % Stopwatch.Frequency * (1_000_000_000 / Stopwatch.Frequency));
            _ = ClockNanoSleep(ClockMonotonic, AbsoluteTime, in time, 0);
            return;
        }

        // Elsewhere a millisecond's precision has to do.
        SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() >= timestamp, TimeSpan.FromMilliseconds(1));
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec request, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrCtl(int option, nuint value, nuint arg3, nuint arg4, nuint arg5);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds)
    {
        public TimeSpec(long seconds, long nanoseconds) : this((nint)seconds, (nint)nanoseconds)
        {
        }
    }
}
