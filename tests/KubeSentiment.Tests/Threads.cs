namespace KubeSentiment.Tests;

/// <summary>Threads of their own for what blocks, and where whoever waits goes on.</summary>
internal static class Threads
{
    /// <summary>Does something on a thread of its own, which is none of the pool.</summary>
    public static Task<T> Start<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Start{T}"/>
    public static Task Start(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The thread that goes on when a wait is over. It must not be over yet.</summary>
    public static async Task<(int Id, string? Name, bool IsOfPool)> AfterAsync(Task wait)
    {
        await wait.ConfigureAwait(false);
        var thread = Thread.CurrentThread;
        return (thread.ManagedThreadId, thread.Name, thread.IsThreadPoolThread);
    }
}
