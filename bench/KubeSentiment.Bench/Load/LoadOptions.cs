namespace KubeSentiment.Bench.Load;

/// <summary>One load run, as asked for on the command line.</summary>
internal sealed record LoadOptions
{
    /// <summary>Addresses, used by the connections in turn.</summary>
    public required Uri[] Urls { get; init; }

    /// <summary>Texts a request; null sends {"text"} to the address as given, a number sends {"texts"} to the batch route.</summary>
    public int? Batch { get; init; }

    /// <summary>Keep-alive connections; in open loop also the most requests in flight.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>Requests written at once on a connection before its answers are read; closed loop only.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>Counted requests after which to stop.</summary>
    public long? Requests { get; init; }

    /// <summary>Counted time after which to stop.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Time at the start that is not counted.</summary>
    public TimeSpan Warmup { get; init; }

    /// <summary>Arrivals a second; null is a closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Arrivals at random (exponential gaps) and not evenly spaced.</summary>
    public bool Poisson { get; init; }

    /// <summary>In open loop the connection used last is used next, as by a connection pool, and not the one that has been idle longest, as if each were another caller's.</summary>
    public bool Pooled { get; init; }

    /// <summary>Shuffles the texts and feeds the random gaps; null replays in file order.</summary>
    public int? Seed { get; init; }

    /// <summary>A request without a whole answer for this long fails. Also how long an open loop may work off its backlog at the end.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public string? ApiKey { get; init; }

    /// <summary>Looks for the cached field in every answer.</summary>
    public bool CountCached { get; init; }

    /// <summary>Where the run's course is written, a row an <see cref="Interval"/>; null writes none.</summary>
    public FileInfo? Intervals { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The servers' processes, whose CPU and memory are read from /proc.</summary>
    public int[] ServerPids { get; init; } = [];

    /// <summary>Other processes to watch, by what the result calls them.</summary>
    public IReadOnlyDictionary<string, int> Watched { get; init; } = new Dictionary<string, int>();

    /// <summary>One sentence on what cannot be done, or null.</summary>
    public string? Problem() => this switch
    {
        { Requests: null, Duration: null } or { Requests: not null, Duration: not null } => "Give either --requests or --duration.",
        { Rate: not null, Pipeline: > 1 } => "--pipeline is for a closed loop: with --rate each request has its own time.",
        { Rate: <= 0 } or { Connections: < 1 } or { Pipeline: < 1 } or { Batch: < 1 } or { Requests: < 1 } =>
            "Rate, connections, pipeline, batch and requests are above zero.",
        _ when Interval <= TimeSpan.Zero => "--interval is above zero.",
        _ => null,
    };
}
