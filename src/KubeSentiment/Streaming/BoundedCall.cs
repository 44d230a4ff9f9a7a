namespace KubeSentiment.Streaming;

/// <summary>A call into the library that has no time limit, or does not keep to it, on a thread of its own that can be left behind. The consumer's thread only.</summary>
internal sealed class BoundedCall
{
    /// <summary>The call that was left behind; null where there is none.</summary>
    public Task? Stuck { get; private set; }

    /// <summary>Makes a call, and waits for it for a while. What it throws in time is thrown here.</summary>
    /// <returns>False when it has not come back.</returns>
    public bool TryRun(Action call, TimeSpan limit)
    {
        var running = Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([running], limit) < 0)
        {
            Stuck = running;
            return false;
        }

        running.GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Waits a while longer for the call that was left behind.</summary>
    /// <returns>Whether there is none any more.</returns>
    public bool HasEnded(TimeSpan limit)
    {
        if (Stuck is not null && Task.WaitAny([Stuck], limit) < 0)
        {
            return false;
        }

        Stuck = null;
        return true;
    }
}
