using KubeSentiment.Bench.Load;
using KubeSentiment.Bench.Report;

namespace KubeSentiment.Bench.Capacity;

/// <summary>What a request costs, by who answers it, and what follows for any number of replicas.</summary>
/// <param name="Memory">CPU of a replica for an answer from its memory, in µs.</param>
/// <param name="Redis">The same for an answer from Redis.</param>
/// <param name="Model">The same for an answer of the model, lookups and the write to Redis included.</param>
/// <param name="Lookup">CPU of Redis for a lookup, in µs.</param>
/// <param name="Write">CPU of Redis for a write, in µs.</param>
/// <param name="Busy">Share of its cores that a replica uses when it can do no more, 0..1.</param>
internal sealed record RequestCosts(double Memory, double Redis, double Model, double Lookup, double Write, double Busy)
{
    private const double Second = 1e6;

    /// <summary>Reads the costs off three kinds of runs, each of one kind of answer only, against one replica.</summary>
    /// <param name="memory">Answers from memory.</param>
    /// <param name="redis">Answers from Redis.</param>
    /// <param name="model">Answers of the model.</param>
    /// <param name="held">The part of a core that the replica was held to.</param>
    public static RequestCosts From(List<LoadResult> memory, List<LoadResult> redis, List<LoadResult> model, double held)
    {
        var lookup = Median.Of(redis, Redis);
        return new RequestCosts(
            Median.Of(memory, Server),
            Median.Of(redis, Server),
            Median.Of(model, Server),
            lookup,
            Median.Of(model, Redis) - lookup,
            Median.Of(model, run => run.Server!.CpuSeconds / run.Seconds / held));

        static double Server(LoadResult run) => run.Server!.CpuMicrosecondsPerRequest;

        static double Redis(LoadResult run) => run.Processes.Single(process => process.Name == "redis").CpuMicrosecondsPerRequest;
    }

    /// <summary>CPU of a replica a request, in µs.</summary>
    public double Of(HitSplit split) => (split.Memory * Memory) + (split.Redis * Redis) + (split.Model * Model);

    /// <summary>Requests a second that replicas with so many cores together can answer.</summary>
    public double Rate(HitSplit split, double cores) => cores * Busy * Second / Of(split);

    /// <summary>Requests a second at which one Redis has its core full.</summary>
    public double RedisRate(HitSplit split) => Second / (((1 - split.Memory) * Lookup) + (split.Model * Write));
}
