using System.Diagnostics;
using System.Globalization;

namespace KubeSentiment.Bench.Load;

/// <summary>Writes a run's course as tab-separated values, a row an interval, each when its interval ends.</summary>
/// <remarks>The header is written when counting begins, so that a script can wait for it. What is left at the end is the last row's.</remarks>
internal sealed class IntervalFile(FileInfo file, TimeSpan interval, TimeSpan? duration, Tally tally)
{
    // A backlog worked off after the end, and an end that is a little late, make no row of their own.
    private readonly long _rows = duration is { } d ? Math.Max(1, (long)Math.Round(d / interval)) : long.MaxValue;

    public async Task WriteAsync(long opened, CancellationToken cancellation)
    {
        file.Directory?.Create();
        await using var writer = file.CreateText();
        writer.AutoFlush = true;
        await writer.WriteLineAsync("seconds\trequests\tgood\tp50_ms\tp90_ms\tp99_ms\tmax_ms\tl1\tl2\tcomputed");
        using var timer = new PeriodicTimer(interval);
        try
        {
            for (long row = 1; await timer.WaitForNextTickAsync(cancellation); row++)
            {
                if (row < _rows)
                {
                    await writer.WriteLineAsync(Row(opened));
                }
            }
        }
        catch (OperationCanceledException)
        {
            await writer.WriteLineAsync(Row(opened));
        }
    }

    private string Row(long opened)
    {
        var (seconds, counts) = (Stopwatch.GetElapsedTime(opened).TotalSeconds, tally.TakeInterval());
        var (latency, cached) = (counts.Latency, counts.Cached);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds:0.0}\t{counts.Requests}\t{counts.Good}\t{latency.P50}\t{latency.P90}\t{latency.P99}\t{latency.Max}\t{cached.Level1}\t{cached.Level2}\t{cached.Computed}");
    }
}
