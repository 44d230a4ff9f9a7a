namespace KubeSentiment.CommandLine.Scoring;

/// <summary>A plain line now and then, for logs.</summary>
internal sealed class LineProgress(string name, Pace pace, TextWriter output) : IScoreProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private TimeSpan _toldAt;

    public void Advance(SafePoint written, double? share)
    {
        pace.Advance(written.Rows, share);
        if (pace.Elapsed - _toldAt >= Interval)
        {
            _toldAt = pace.Elapsed;
            output.WriteLine($"{name}: {pace}");
        }
    }
}
