using System.Runtime.InteropServices;

namespace KubeSentiment.Inference;

/// <summary>Lets the threads that run the model step back behind those that talk to callers, to Redis and to probes.</summary>
/// <remarks>
/// <para>On a busy machine each hand-over to another thread waits until a run of the model gives up its core, some milliseconds a time. A lookup in Redis takes several of them, so
/// a healthy Redis looked slow and its breaker opened. Short work that goes first costs the model next to nothing, for it is done soon.</para>
/// <para>Two things are asked of Linux, where both belong to a thread (<see cref="Thread.Priority"/> does nothing there):</para>
/// <list type="number">
/// <item>niceness: a smaller share, when there is more to do than can be done;</item>
/// <item>the longest turns (since Linux 6.12, <see href="https://docs.kernel.org/scheduler/sched-eevdf.html"/>): who wakes with shorter ones need not wait until the turn is over, and that is up to
/// two of the kernel's ticks.</item>
/// </list>
/// </remarks>
internal static partial class WorkerPriority
{
    private const int OfThread = 0;
    private const int Myself = 0;

    /// <summary>The most that the kernel gives, in nanoseconds; by default a turn is some 1 to 3 ms.</summary>
    private const ulong LongestTurn = 100_000_000;

    /// <summary>Numbers of <c>sched_getattr</c> and <c>sched_setattr</c>; null for processors that are not known here.</summary>
    private static (nint Get, nint Set)? AttributeCalls => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (315, 314),
        Architecture.Arm64 => (275, 274),
        _ => null,
    };

    /// <summary>Makes the calling thread nicer, and its turns long. To be nicer needs no permission; where it cannot be done at all, nothing is lost but the head start of the others.</summary>
    /// <param name="niceness">0 (as all others, in all) to 19.</param>
    public static void StepBack(int niceness)
    {
        if (OperatingSystem.IsLinux() && niceness > 0)
        {
            _ = SetPriority(OfThread, Myself, niceness);
            AskForLongTurns();
        }
    }

    private static void AskForLongTurns()
    {
        if (AttributeCalls is not var (get, set))
        {
            return;
        }

        // Of other policies it means something else: an administrator chose them, and they stay.
        var attributes = default(SchedulingAttributes);
        if (SystemCall(get, Myself, ref attributes, SchedulingAttributes.Length, 0) == 0 && attributes.Policy is SchedulingAttributes.Normal or SchedulingAttributes.Batch)
        {
            attributes.Runtime = LongestTurn;
            _ = SystemCall(set, Myself, ref attributes, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int niceness);

    // The C library has no function for these before glibc 2.41. The setter takes no length: what is passed for it there are its flags, none.
    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint thread, ref SchedulingAttributes attributes, nint length, nint flags);

    /// <summary>The first version of <c>struct sched_attr</c>, which all kernels know.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public const int Length = 48;
        public const uint Normal = 0;
        public const uint Batch = 3;

        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Niceness;
        public uint Priority;

        /// <summary>A turn, where the policy is one of the two.</summary>
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
