namespace KubeSentiment.Api;

/// <summary>Cancels what takes too long, and says so.</summary>
/// <remarks>The clock starts when a request first waits. The framework's middleware sets a timer and links two tokens before each request: for a remembered answer, which never waits, a twentieth of its cost.</remarks>
internal sealed class RequestTimeLimit(ApiOptions options, TimeProvider time)
{
    // Of the thread's last request that did not wait. While one runs it is taken out, in case another begins inside it.
    [ThreadStatic]
    private static CancellationTokenSource? _unused;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var gone = context.RequestAborted;
        var limit = _unused ?? new CancellationTokenSource();
        _unused = null;
        context.RequestAborted = limit.Token;
        var answer = next(context);
        if (!answer.IsCompletedSuccessfully)
        {
            return WaitAsync(context, answer, limit, gone);
        }

        context.RequestAborted = gone;
        _unused = limit.TryReset() ? limit : null;
        return answer;
    }

    private async Task WaitAsync(HttpContext context, Task answer, CancellationTokenSource limit, CancellationToken gone)
    {
        using var end = limit;
        await using var left = gone.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        await using var timer = time.CreateTimer(static limit => ((CancellationTokenSource)limit!).Cancel(), limit, options.MaxRequestTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await answer;
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested && limit.IsCancellationRequested && !context.Response.HasStarted)
        {
            await TooLong().ExecuteAsync(context);
        }
        finally
        {
            context.RequestAborted = gone;
        }
    }

    private ProblemResult TooLong() => new(
        ApiError.Timeout, $"The request took longer than {options.MaxRequestTimeout.TotalSeconds:0} s. Send fewer or shorter texts at once.");
}
