using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Report;

/// <summary>Medians of a thing's rounds, and what they are of another's.</summary>
/// <param name="TextsPerSecond">Answered, or run by the program that calls directly.</param>
/// <param name="CpuMicroseconds">Of the server or that program, a text.</param>
internal sealed record Rate(double TextsPerSecond, double CpuMicroseconds)
{
    public static Rate Of(List<DirectResult> runs) => new(Median.Of(runs, r => r.Best.TextsPerSecond), Median.Of(runs, r => r.Best.CpuMicrosecondsPerText));

    public static Rate Of(List<LoadResult> runs)
    {
        var textsEach = runs[0].TextsPerSecond / runs[0].RequestsPerSecond;
        return new(Median.Of(runs, r => r.TextsPerSecond), Median.Of(runs, r => (r.Server?.CpuMicrosecondsPerRequest ?? double.NaN) / textsEach));
    }

    /// <summary>Of another's texts a second, as a table shows it.</summary>
    public string OfRate(Rate other) => $"{100 * TextsPerSecond / other.TextsPerSecond:0.0} %";

    /// <summary>The other's CPU a text over this one's, as a table shows it.</summary>
    public string OfCpu(Rate other) => $"{100 * other.CpuMicroseconds / CpuMicroseconds:0.0} %";
}
