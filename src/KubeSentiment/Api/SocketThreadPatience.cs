using System.Runtime.InteropServices;

namespace KubeSentiment.Api;

/// <summary>While callers are refused, the threads that read requests wait for their turn instead of interrupting a run of the model for each.</summary>
/// <remarks>
/// <para>A refusal takes little, but to interrupt a run for it takes both sides several times as much: two changes of threads, and caches that hold the other's data. In Linux' batch policy a thread that wakes lets the one that runs go on
/// for some milliseconds; meanwhile more requests come, and all are refused in one go. Where a core is free nothing changes. The switch needs no permission, and where it cannot be made nothing is lost but its gain.</para>
/// <para>Out of overload a request is read at once, whatever runs. So a thread is patient only from its first refusal until it has refused nobody for <c>Lately</c>.</para>
/// </remarks>
internal sealed partial class SocketThreadPatience(TimeProvider time)
{
    private const int NormalPolicy = 0;
    private const int BatchPolicy = 3;
    private const int Myself = 0;

    private static readonly TimeSpan Lately = TimeSpan.FromMilliseconds(100);

    // As the policy, they belong to the thread.
    [ThreadStatic]
    private static bool _isPatient;

    [ThreadStatic]
    private static long _lastRefusal;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // A thread of the pool does this and that: what it is next is not known.
        if (Thread.CurrentThread.IsThreadPoolThread)
        {
            return next(context);
        }

        if (_isPatient && time.GetElapsedTime(_lastRefusal) > Lately)
        {
            Become(patient: false);
        }

        var answer = next(context);
        if (answer.IsCompleted && context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            _lastRefusal = time.GetTimestamp();
            if (!_isPatient)
            {
                Become(patient: true);
            }
        }

        return answer;
    }

    private static void Become(bool patient)
    {
        _isPatient = patient;
        if (OperatingSystem.IsLinux())
        {
            _ = SetScheduler(Myself, patient ? BatchPolicy : NormalPolicy, new SchedulerParameters(0));
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetScheduler(int thread, int policy, in SchedulerParameters parameters);

    /// <summary>The C library's <c>sched_param</c>.</summary>
    /// <param name="Priority">Zero in both policies.</param>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct SchedulerParameters(int Priority);
}
