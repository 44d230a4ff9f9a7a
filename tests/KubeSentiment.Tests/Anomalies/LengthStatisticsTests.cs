using KubeSentiment.Anomalies;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>What is a usual length, and how far off one is.</summary>
public sealed class LengthStatisticsTests
{
    private const int Window = 10_000;

    [Fact]
    public void Observe_FewTexts_SaysNothing()
    {
        var lengths = new LengthStatistics(Window);

        Enumerable.Range(0, LengthStatistics.LeastTexts).ShouldAllBe(i => lengths.Observe(i % 2 == 0 ? 1 : 10_000) == 0);

        lengths.Observe(1).ShouldBeLessThan(0);
    }

    [Fact]
    public void Observe_WithinTheWindow_IsTheMeanAndVariance()
    {
        var lengths = new LengthStatistics(Window);
        var random = new Random(1);
        var all = Enumerable.Range(0, 5_000).Select(_ => random.Next(1, 500)).ToList();

        all.ForEach(length => lengths.Observe(length));

        var logarithms = all.ConvertAll(length => Math.Log(length));
        var mean = logarithms.Average();
        lengths.Typical.ShouldBe(Math.Exp(mean), Math.Exp(mean) * 1e-3);
        lengths.Deviation.ShouldBe(Math.Sqrt(logarithms.Average(logarithm => Math.Pow(logarithm - mean, 2))), 1e-3);
    }

    [Fact]
    public void Observe_LongerAndShorter_IsAsManyDeviations()
    {
        var lengths = Filled(shortest: 10, longest: 1_000);
        var deviation = (float)lengths.Deviation;

        lengths.Observe(10_000).ShouldBe((MathF.Log(10_000) - MathF.Log((float)lengths.Typical)) / deviation, 0.05f);
        lengths.Observe(1).ShouldBe((MathF.Log(1) - MathF.Log((float)lengths.Typical)) / deviation, 0.05f);
    }

    [Fact]
    public void Observe_AllAlike_NeedsMoreThanALittle()
    {
        var lengths = Filled(shortest: 100, longest: 100);

        lengths.Observe(110).ShouldBeLessThan(1);
        lengths.Observe(100).ShouldBe(0, 0.01f);
        lengths.Observe(1_000).ShouldBe(MathF.Log(10) / LengthStatistics.LeastDeviation, 0.05f);
    }

    [Fact]
    public void Observe_TrafficChanges_ForgetsTheOld()
    {
        var lengths = Filled(shortest: 100, longest: 100);
        lengths.Observe(10_000).ShouldBeGreaterThan(4);

        for (var i = 0; i < 10 * Window; i++)
        {
            lengths.Observe(10_000);
        }

        lengths.Observe(10_000).ShouldBeLessThan(0.1f);
        lengths.Typical.ShouldBe(10_000, 100);
    }

    /// <summary>A text weighs next to nothing in a large window, and many of them all the same do.</summary>
    [Fact]
    public void Observe_LargestWindow_FollowsTheTraffic()
    {
        const int Largest = 10_000_000;
        var lengths = new LengthStatistics(Largest);
        for (var i = 0; i < 2 * Largest; i++)
        {
            lengths.Observe(i < Largest ? 100 : 200);
        }

        // What came before the last window's worth of texts weighs 1/e.
        Math.Log(lengths.Typical).ShouldBe(Math.Log(200) - (Math.Log(2) / Math.E), 1e-3);
        lengths.Deviation.ShouldBe(Math.Log(2) * Math.Sqrt((1 / Math.E) * (1 - (1 / Math.E))), 1e-3);
    }

    [Fact]
    public void Observe_SameTextsInTheSameOrder_IsTheSame()
    {
        var (one, other) = (new LengthStatistics(Window), new LengthStatistics(Window));
        var random = new Random(3);

        Enumerable.Range(0, 20_000).Select(_ => random.Next(1, 10_000)).ShouldAllBe(length => one.Observe(length).Equals(other.Observe(length)));
    }

    [Fact]
    public void Observe_ManyThreads_ComesOutAtTheirMean()
    {
        var lengths = new LengthStatistics(Window);

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, seed =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 100_000; i++)
            {
                // Uniform in the logarithm, from 1 to e^8.
                lengths.Observe((int)Math.Round(Math.Exp(random.NextDouble() * 8)));
            }
        });

        // Integrity: a torn mean or variance would be far from these.
        Math.Log(lengths.Typical).ShouldBe(4, 0.3);
        lengths.Deviation.ShouldBe(8 / Math.Sqrt(12), 0.2);
    }

    private static LengthStatistics Filled(int shortest, int longest)
    {
        var lengths = new LengthStatistics(Window);
        var random = new Random(2);
        for (var i = 0; i < Window; i++)
        {
            lengths.Observe((int)Math.Round(Math.Exp(Math.Log(shortest) + (random.NextDouble() * Math.Log((double)longest / shortest)))));
        }

        return lengths;
    }
}
