namespace KubeSentiment.Api;

/// <summary>While callers are refused, the threads that read requests rest between two bursts of them instead of interrupting a run of the model for each.</summary>
/// <remarks>
/// <para>A refusal takes little, but to interrupt a run for it takes both sides several times as much: two changes of threads, and caches that hold the other's data. So a thread that had nothing to read, and then has, rests
/// before it does; meanwhile more requests come, and all are refused in one go. It does not rest while there is more to read, so it keeps up with any number of them.</para>
/// <para>Out of overload a request is read at once, whatever runs. So a thread is patient only from its first refusal until it has refused nobody for <c>Lately</c>.</para>
/// </remarks>
internal sealed class SocketThreadPatience(IReadingThread thread, TimeProvider time)
{
    /// <summary>Short beside what a refusal may take, long beside what an interrupted run loses.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1.5);

    private static readonly TimeSpan Lately = TimeSpan.FromMilliseconds(100);

    // Both belong to the thread.
    [ThreadStatic]
    private static long? _lastRefusal;

    [ThreadStatic]
    private static long _waits;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_lastRefusal is { } last)
        {
            if (time.GetElapsedTime(last) > Lately)
            {
                _lastRefusal = null;
            }
            else if (thread.Waits != _waits)
            {
                thread.Rest(Pause);
                _waits = thread.Waits;
            }
        }

        var answer = next(context);
        if (answer.IsCompleted && context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable && (_lastRefusal is not null || thread.IsCurrent))
        {
            _lastRefusal = time.GetTimestamp();
        }

        return answer;
    }
}
