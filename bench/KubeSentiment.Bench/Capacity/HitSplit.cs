using KubeSentiment.Bench.Streams;

namespace KubeSentiment.Bench.Capacity;

/// <summary>Who answers, as shares of all requests that sum to 1.</summary>
/// <param name="Memory">The replica's own memory.</param>
/// <param name="Redis">Redis, because another replica was asked before.</param>
/// <param name="Model">The model.</param>
internal sealed record HitSplit(double Memory, double Redis, double Model)
{
    public double Hits => Memory + Redis;

    /// <summary>Plays a stream through replicas that begin empty and forget nothing. Which of them a request reaches is chance.</summary>
    public static HitSplit Of(ZipfStream stream, int count, int replicas, int seed)
    {
        var random = new Random(seed);
        var known = new HashSet<int>();
        var knownByReplica = Enumerable.Range(0, replicas).Select(_ => new HashSet<int>()).ToArray();
        var (memory, redis) = (0, 0);
        foreach (var rank in stream.Draw(count, random))
        {
            var isNew = known.Add(rank);
            if (!knownByReplica[random.Next(replicas)].Add(rank))
            {
                memory++;
            }
            else if (!isNew)
            {
                redis++;
            }
        }

        return new HitSplit((double)memory / count, (double)redis / count, (double)(count - memory - redis) / count);
    }
}
