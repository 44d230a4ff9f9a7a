namespace KubeSentiment.Bench.Load;

/// <summary>What one load run measured.</summary>
internal sealed record LoadResult
{
    public string Url { get; init; } = "";

    /// <summary>How the load was made, in words.</summary>
    public string Mode { get; init; } = "";

    public int Connections { get; init; }

    /// <summary>From the start of counting to the last completion.</summary>
    public double Seconds { get; init; }

    /// <summary>Counted requests, whatever became of them.</summary>
    public long Requests { get; init; }

    /// <summary>Answers with a 2xx status; only these make the rates.</summary>
    public long Good { get; init; }

    public Dictionary<string, long> Statuses { get; init; } = [];

    /// <summary>Requests without a whole answer: refused, reset, closed, timeout, malformed, unsent.</summary>
    public Dictionary<string, long> Failures { get; init; } = [];

    public double RequestsPerSecond { get; init; }

    public double TextsPerSecond { get; init; }

    public long BytesPerAnswer { get; init; }

    /// <summary>From the time a request was due to its whole answer (or failure).</summary>
    public Latency Latency { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>From the time a request was really sent: in open loop the waiting for a free connection is left out.</summary>
    public Latency FromSend { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Of answers with a 2xx status, from the time they were due.</summary>
    public Latency Accepted { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Of answers with status 503, from the time they were sent; null when there were none.</summary>
    public Latency? Refused { get; init; }

    public CachedCounts? Cached { get; init; }

    /// <summary>The load generator's own CPU, user and kernel.</summary>
    public double ClientCpuSeconds { get; init; }

    public double ClientCpuMicrosecondsPerRequest { get; init; }

    /// <summary>The servers' processes together; null when none was named.</summary>
    public ProcessUse? Server { get; init; }

    /// <summary>Each process that was named, the servers' first.</summary>
    public List<ProcessUse> Processes { get; init; } = [];
}

/// <summary>How many texts were answered from the first cache level, the second, or by the model.</summary>
internal sealed record CachedCounts(long Level1, long Level2, long Computed);

/// <summary>CPU and memory of a process over the counted time.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="CpuSeconds">User and kernel.</param>
/// <param name="CpuMicrosecondsPerRequest">Over all counted requests, whoever answered them.</param>
/// <param name="RssBeforeKb">Resident memory when counting began.</param>
/// <param name="RssAfterKb">Resident memory at the end.</param>
/// <param name="PeakSampledKb">Largest of the samples, ten a second.</param>
/// <param name="HighWaterMarkKb">The kernel's own peak since the process began.</param>
internal sealed record ProcessUse(
    string Name, double CpuSeconds, double CpuMicrosecondsPerRequest, long RssBeforeKb, long RssAfterKb, long PeakSampledKb, long HighWaterMarkKb)
{
    /// <summary>What the servers are called, each and together.</summary>
    public const string Server = "server";

    /// <summary>Microseconds a request, to two digits; 0 where there was none.</summary>
    public static double Each(double seconds, long requests) => requests == 0 ? 0 : Math.Round(seconds * 1e6 / requests, 2);

    /// <summary>Processes as one: times and sizes are added.</summary>
    public static ProcessUse Sum(string name, IReadOnlyCollection<ProcessUse> uses) => new(
        name,
        uses.Sum(use => use.CpuSeconds),
        Math.Round(uses.Sum(use => use.CpuMicrosecondsPerRequest), 2),
        uses.Sum(use => use.RssBeforeKb),
        uses.Sum(use => use.RssAfterKb),
        uses.Sum(use => use.PeakSampledKb),
        uses.Sum(use => use.HighWaterMarkKb));
}
