namespace KubeSentiment.Bench.Capacity;

/// <summary>A mixed stream that was measured, so that the prediction can be held against it.</summary>
/// <param name="Name">Of its results.</param>
/// <param name="Replicas">How many shared the stream.</param>
/// <param name="CoresEach">What each was held to.</param>
/// <param name="HitRate">What a cache without bounds would answer, 0..1.</param>
internal sealed record CapacityPoint(string Name, int Replicas, double CoresEach, double HitRate)
{
    /// <summary>What table.sh measures.</summary>
    /// <param name="held">The part of a core that leaves room for the client.</param>
    public static IReadOnlyList<CapacityPoint> All(double held) =>
    [
        new("one-35", 1, held, 0.35),
        new("one-45", 1, held, 0.45),
        new("two-35", 2, held, 0.35),
        new("two-45", 2, held, 0.45),
        new("whole-45", 1, 1, 0.45),
    ];
}

/// <summary>A row of the table that was published for this service before anyone had measured it.</summary>
/// <param name="Replicas">Pods.</param>
/// <param name="RequestsPerSecond">Of all of them.</param>
/// <param name="HitRate">0..1.</param>
/// <param name="P99">In milliseconds.</param>
internal sealed record PublishedRow(int Replicas, double RequestsPerSecond, double HitRate, double P99)
{
    public static IReadOnlyList<PublishedRow> All { get; } = [new(2, 4_000, 0.35, 250), new(5, 10_000, 0.42, 180), new(10, 18_000, 0.45, 150)];
}
