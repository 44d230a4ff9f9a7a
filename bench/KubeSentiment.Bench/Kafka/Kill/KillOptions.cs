namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>How large a kill test is, and how cruel.</summary>
internal sealed record KillOptions
{
    public int Seed { get; init; } = 1;

    public int Messages { get; init; } = 200_000;

    public int Partitions { get; init; } = 12;

    public int Threads { get; init; } = 4;

    /// <summary>How often a random worker is killed (SIGKILL) and started again.</summary>
    public int WorkerKills { get; init; } = 30;

    /// <summary>How often the broker is killed and started again.</summary>
    public int BrokerKills { get; init; } = 3;

    /// <summary>How often a random worker is frozen (SIGSTOP) until others have its partitions, and then goes on (SIGCONT).</summary>
    public int Freezes { get; init; }

    /// <summary>How often a worker is asked to stop (SIGTERM) and started again, one after the other, as a rolling update does.</summary>
    public int Restarts { get; init; }

    /// <summary>Workers from the beginning, from a tenth on, and from nine tenths on.</summary>
    public int[] Workers { get; init; } = [1, 3, 2];

    /// <summary>One message in so many is poison.</summary>
    public int PoisonEvery { get; init; } = 200;

    /// <summary>Keys; messages of a key must stay in order.</summary>
    public int Keys { get; init; } = 5_000;

    /// <summary>How long a killed worker's partitions wait for others.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>roundrobin, range or sticky.</summary>
    public string Strategy { get; init; } = "roundrobin";

    /// <summary>classic or consumer.</summary>
    public string Protocol { get; init; } = "classic";

    /// <summary>The test has failed when it takes longer.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(15);
}
