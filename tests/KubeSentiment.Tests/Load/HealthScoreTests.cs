using CsCheck;
using KubeSentiment.Load;

namespace KubeSentiment.Tests.Load;

/// <summary>Bounds, direction and corners of the score.</summary>
public sealed class HealthScoreTests
{
    private const int Capacity = 100;
    private const int QueueCapacity = 1_000;
    private static readonly LoadSnapshot Rest = new(0, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero, 0, 0);

    private static readonly Gen<LoadSnapshot> Loads = Gen.Select(
        Gen.Int[0, 300], Gen.Int[0, 3_000], Gen.Double[-1, 2], Gen.Double[-1, 2], Gen.Double[-1, 2], Gen.Int[0, 5_000],
        (active, queued, cpu, memory, errors, milliseconds) => Rest with
        {
            Active = active,
            Queued = queued,
            CpuUtilization = cpu,
            MemoryUtilization = memory,
            ErrorRate = errors,
            MeanResponseTime = TimeSpan.FromMilliseconds(milliseconds),
        });

    [Fact]
    public void Of_AnyLoad_IsWithinItsBounds() => Loads.Sample(load => Of(load).ShouldBeInRange(0, 100));

    [Fact]
    public void Of_AnyFigureWorse_IsNeverBetter() => Gen.Select(Loads, Gen.Int[0, 500], Gen.Double[0, 2]).Sample((load, n, share) =>
    {
        var score = Of(load);
        Of(load with { Active = load.Active + n }).ShouldBeLessThanOrEqualTo(score);
        Of(load with { Queued = load.Queued + n }).ShouldBeLessThanOrEqualTo(score);
        Of(load with { CpuUtilization = load.CpuUtilization + share }).ShouldBeLessThanOrEqualTo(score);
        Of(load with { MemoryUtilization = load.MemoryUtilization + share }).ShouldBeLessThanOrEqualTo(score);
        Of(load with { ErrorRate = load.ErrorRate + share }).ShouldBeLessThanOrEqualTo(score);
        Of(load with { MeanResponseTime = load.MeanResponseTime + TimeSpan.FromMilliseconds(n) }).ShouldBeLessThanOrEqualTo(score);
    });

    [Fact]
    public void Of_AtRest_IsBest() => Of(Rest).ShouldBe(100);

    [Theory]
    [InlineData(100, 0, 0, 0, 0, 0, 50)]
    [InlineData(50, 0, 0, 0, 0, 0, 75)]
    [InlineData(1_000, 0, 0, 0, 0, 0, 50)]
    [InlineData(0, 1_000, 0, 0, 0, 0, 80)]
    [InlineData(0, 250, 0, 0, 0, 0, 95)]
    [InlineData(0, 0, 1, 0, 0, 0, 85)]
    [InlineData(0, 0, 0, 1, 0, 0, 90)]
    [InlineData(0, 0, 0, 0, 1, 0, 75)]
    [InlineData(0, 0, 0, 0, 0, 100, 100)]
    [InlineData(0, 0, 0, 0, 0, 550, 95)]
    [InlineData(0, 0, 0, 0, 0, 1_000, 90)]
    [InlineData(0, 0, 0, 0, 0, 60_000, 90)]
    [InlineData(100, 1_000, 1, 1, 0, 0, 5)]
    [InlineData(100, 1_000, 1, 1, 1, 1_000, 0)]
    public void Of_Corners_IsExact(int active, int queued, double cpu, double memory, double errors, int milliseconds, double score) =>
        Of(Rest with
        {
            Active = active,
            Queued = queued,
            CpuUtilization = cpu,
            MemoryUtilization = memory,
            ErrorRate = errors,
            MeanResponseTime = TimeSpan.FromMilliseconds(milliseconds),
        }).ShouldBe(score, 1e-9);

    [Fact]
    public void Of_NotMeasured_TakesNothingOff() => Of(Rest with { CpuUtilization = double.NaN }).ShouldBe(100);

    [Fact]
    public void Of_NoQueue_TakesNothingOffForIt() => HealthScore.Of(Rest, Capacity, queueCapacity: 0).ShouldBe(100);

    [Fact]
    public void Weights_OfTheDesign_AreThese() =>
        (HealthScore.ActiveWeight, HealthScore.QueuedWeight, HealthScore.CpuWeight, HealthScore.MemoryWeight, HealthScore.ErrorWeight, HealthScore.ResponseTimeWeight)
            .ShouldBe((50, 20, 15, 10, 25, 10));

    private static double Of(LoadSnapshot load) => HealthScore.Of(load, Capacity, QueueCapacity);
}
