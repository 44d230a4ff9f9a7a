using System.Diagnostics;
using HdrHistogram;

namespace KubeSentiment.Bench.Load;

/// <summary>Percentiles of a run, in milliseconds.</summary>
internal sealed record Latency(double Mean, double P50, double P90, double P95, double P99, double P999, double Max)
{
    private const long Microsecond = 1_000;
    private const long Highest = 600_000_000_000;

    /// <summary>Nanoseconds from one microsecond to ten minutes, to three digits.</summary>
    public static LongHistogram NewHistogram() => new(Microsecond, Highest, 3);

    public static Latency Of(LongHistogram histogram) => histogram.TotalCount == 0
        ? new(0, 0, 0, 0, 0, 0, 0)
        : new(
            Milliseconds(histogram.GetMean()), At(histogram, 50), At(histogram, 90), At(histogram, 95), At(histogram, 99),
            At(histogram, 99.9), At(histogram, 100));

    public override string ToString() =>
        $"mean {Mean:0.000}  p50 {P50:0.000}  p90 {P90:0.000}  p95 {P95:0.000}  p99 {P99:0.000}  p99.9 {P999:0.000}  max {Max:0.000} ms";

    internal static long Clamp(long ticks) => Math.Clamp(ticks * (1_000_000_000 / Stopwatch.Frequency), 0, Highest);

    private static double At(LongHistogram histogram, double percentile) => Milliseconds(histogram.GetValueAtPercentile(percentile));

    private static double Milliseconds(double nanoseconds) => Math.Round(nanoseconds / 1e6, 4);
}

/// <summary>Records Stopwatch ticks into a histogram of nanoseconds.</summary>
internal static class LatencyRecording
{
    public static void RecordTicks(this LongHistogram histogram, long ticks) => histogram.RecordValue(Latency.Clamp(ticks));
}
