namespace KubeSentiment.Api.Sockets;

/// <summary>While callers are refused, the threads that read requests interrupt a run of the model at most once a beat, refuse in one go what has come until then, and send all refusals together.</summary>
/// <remarks>
/// <para>A refusal takes little, but to interrupt a run for it takes both sides several times as much: two changes of threads, and caches that hold the other's data. So a thread that has read all that had come rests, when more
/// comes, until a beat after it last began to read. The time that it read for counts: the more there is to read, the shorter its rests, so it keeps up with any number of requests.</para>
/// <para>A beat lasts until <c>Enough</c> requests have come, within bounds: to interrupt a run costs the same for few of them as for many.</para>
/// <para>Out of overload a request is read at once, whatever runs. So a thread is patient only from its first refusal until it has refused nobody for <c>Lately</c>.</para>
/// </remarks>
internal sealed class SocketThreadPatience(IReadingThread thread, TimeProvider time)
{
    /// <summary>Long beside what an interrupted run loses.</summary>
    private static readonly TimeSpan ShortestBeat = TimeSpan.FromMilliseconds(1.5);

    /// <summary>Short beside what a refusal may take.</summary>
    private static readonly TimeSpan LongestBeat = TimeSpan.FromMilliseconds(3);

    /// <summary>Requests that share the cost of an interruption; with more of them each one's part is hardly less.</summary>
    private const int Enough = 16;

    private static readonly TimeSpan Lately = TimeSpan.FromMilliseconds(100);

    // All belong to the thread.
    [ThreadStatic]
    private static long? _lastRefusal;

    [ThreadStatic]
    private static long _lastBeat;

    [ThreadStatic]
    private static TimeSpan _beat;

    // Read since the last beat began.
    [ThreadStatic]
    private static long _requests;

    [ThreadStatic]
    private static bool _isReading;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        HeldAnswers.Begin(context);
        if (_lastRefusal is { } last && !_isReading)
        {
            if (time.GetElapsedTime(last) > Lately)
            {
                _lastRefusal = null;
            }
            else if (thread.CanCallBack)
            {
                BeginBeat();
            }
        }

        _requests++;
        var answer = next(context);
        if (answer.IsCompleted && context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable && (_lastRefusal is not null || thread.IsCurrent))
        {
            _lastRefusal = time.GetTimestamp();
        }

        HeldAnswers.End();
        return answer;
    }

    private void BeginBeat()
    {
        _beat = TimeSpan.FromTicks(Math.Clamp(_beat.Ticks * Enough / _requests, ShortestBeat.Ticks, LongestBeat.Ticks));
        _requests = 0;
        var early = _beat - time.GetElapsedTime(_lastBeat);
        if (early > TimeSpan.Zero)
        {
            thread.Rest(early);
        }

        _lastBeat = time.GetTimestamp();
        _isReading = true;
        HeldAnswers.Hold();
        thread.CallBack(WhenRead);
    }

    private static void WhenRead()
    {
        _isReading = false;
        HeldAnswers.Release();
    }
}
