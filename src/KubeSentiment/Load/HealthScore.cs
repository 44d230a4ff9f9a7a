namespace KubeSentiment.Load;

/// <summary>One number for how well a replica is: 100 at rest, 0 when it drowns.</summary>
public static class HealthScore
{
    /// <summary>The best score.</summary>
    public const double Best = 100;

    /// <summary>What a full gate takes off.</summary>
    public const double ActiveWeight = 50;

    /// <summary>What a full queue takes off.</summary>
    public const double QueuedWeight = 20;

    /// <summary>What using all of the CPU limit takes off.</summary>
    public const double CpuWeight = 15;

    /// <summary>What using all of the memory limit takes off.</summary>
    public const double MemoryWeight = 10;

    /// <summary>What failing every request takes off.</summary>
    public const double ErrorWeight = 25;

    /// <summary>What slow answers take off.</summary>
    public const double ResponseTimeWeight = 10;

    /// <summary>Mean response times up to this take nothing off.</summary>
    public static readonly TimeSpan FastResponse = TimeSpan.FromMilliseconds(100);

    /// <summary>Mean response times from this on take all of their weight off.</summary>
    public static readonly TimeSpan SlowResponse = TimeSpan.FromSeconds(1);

    /// <summary>The score of a load, 0..100. It never rises when any of the figures gets worse.</summary>
    /// <param name="load">The load.</param>
    /// <param name="capacity">Most texts in hand, <c>MAX_CONCURRENT_REQUESTS</c>; above zero.</param>
    /// <param name="queueCapacity">Most texts that wait, <c>MAX_QUEUE_SIZE</c>. With 0 nobody waits, and nothing is taken off for it.</param>
    public static double Of(LoadSnapshot load, int capacity, int queueCapacity)
    {
        ArgumentNullException.ThrowIfNull(load);
        var slowness = (load.MeanResponseTime - FastResponse) / (SlowResponse - FastResponse);
        var score = Best
            - (ActiveWeight * Share((double)load.Active / capacity))
            - (QueuedWeight * (queueCapacity > 0 ? Share((double)load.Queued / queueCapacity) : 0))
            - (CpuWeight * Share(load.CpuUtilization))
            - (MemoryWeight * Share(load.MemoryUtilization))
            - (ErrorWeight * Share(load.ErrorRate))
            - (ResponseTimeWeight * Share(slowness));
        return Math.Max(0, score);
    }

    // What is not a number takes nothing off: it was not measured.
    private static double Share(double value) => value > 0 ? Math.Min(value, 1) : 0;
}
