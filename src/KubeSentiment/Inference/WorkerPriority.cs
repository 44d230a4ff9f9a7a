using System.Runtime.InteropServices;

namespace KubeSentiment.Inference;

/// <summary>Lets the threads that run the model step back behind those that talk to callers, to Redis and to probes.</summary>
/// <remarks>
/// On a busy machine each hand-over to another thread waits until a run of the model gives up its core, some milliseconds a time. A lookup in Redis takes several of them, so
/// a healthy Redis looked slow and its breaker opened. Short work that goes first costs the model next to nothing, for it is done soon. On Linux, niceness belongs to a thread;
/// <see cref="Thread.Priority"/> does nothing there.
/// </remarks>
internal static partial class WorkerPriority
{
    private const int OfThread = 0;
    private const int Myself = 0;

    /// <summary>Makes the calling thread nicer. To be nicer needs no permission; where it cannot be done at all, nothing is lost but the head start of the others.</summary>
    /// <param name="niceness">0 (as all others) to 19.</param>
    public static void StepBack(int niceness)
    {
        if (OperatingSystem.IsLinux() && niceness > 0)
        {
            _ = SetPriority(OfThread, Myself, niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int niceness);
}
