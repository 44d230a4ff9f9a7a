using System.Globalization;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>How fast a run goes, and how long it still takes.</summary>
internal sealed class Pace(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private long _firstRows;
    private double? _firstShare;

    public long Rows { get; private set; }

    /// <summary>See <see cref="Tables.ITableReader.Share"/>.</summary>
    public double? Share { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <summary>Rows of this run a second.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? (Rows - _firstRows) / Elapsed.TotalSeconds : 0;

    /// <summary>Time left at the pace of this run so far; null where nobody knows.</summary>
    public TimeSpan? Left => Share - _firstShare is > 0 and { } done ? Elapsed * ((1 - Share!.Value) / done) : null;

    /// <summary>What an earlier run has done counts as far, not as fast.</summary>
    public void Begin(long rows) => (Rows, _firstRows) = (rows, rows);

    public void Advance(long rows, double? share)
    {
        // Rows of one file are about equally long.
        _firstShare ??= rows > 0 ? share * _firstRows / rows : null;
        (Rows, Share) = (rows, share);
    }

    /// <summary>"12,800 rows, 1,950 rows/s, 63 %, 0:41 left".</summary>
    public override string ToString() => string.Join(", ", Parts());

    private IEnumerable<string> Parts()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Rows:N0} rows");
        yield return string.Create(CultureInfo.InvariantCulture, $"{RowsPerSecond:N0} rows/s");
        if (Share is { } share)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100):N0} %");
        }

        if (Left is { } left)
        {
            yield return $"{Format(left)} left";
        }
    }

    /// <summary>"0:41", "1:02:03".</summary>
    public static string Format(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
