namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Where scored rows go.</summary>
internal interface IScoreOutput : IDisposable
{
    /// <summary>What is written already, by an earlier run.</summary>
    public SafePoint Written { get; }

    /// <summary>Appends the rows of a block.</summary>
    public void Write(ReadOnlySpan<byte> block, int rows, int badRows);

    /// <summary>Makes sure that what is written stays.</summary>
    public void Save();
}
