namespace KubeSentiment.Jobs;

/// <summary>Wakes all who wait for work.</summary>
internal sealed class WorkBell
{
    // Interlocked: swapped whole.
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the next ring.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Ring() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
