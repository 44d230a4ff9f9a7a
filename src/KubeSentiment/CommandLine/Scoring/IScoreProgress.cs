namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Tells the person at the terminal, or the log, how far a run is.</summary>
internal interface IScoreProgress
{
    /// <summary>More rows are written.</summary>
    /// <param name="written">All that are.</param>
    /// <param name="share">How much of the input that is, 0..1; null where nobody knows.</param>
    public void Advance(SafePoint written, double? share);
}
