namespace KubeSentiment.Streaming;

/// <summary>What a consumer does.</summary>
public enum ConsumerState
{
    /// <summary>It has not found the brokers yet.</summary>
    Starting,

    /// <summary>It reads, or waits for messages.</summary>
    Running,

    /// <summary>It waits for the service: for its turn, the model or the breaker. Its partitions are paused, it polls.</summary>
    Waiting,

    /// <summary>It waits for the brokers, for its topic or to be let into its group, makes anew what they have fenced, or has failed and begins anew.</summary>
    Recovering,

    /// <summary>It has left its group.</summary>
    Stopped,
}
