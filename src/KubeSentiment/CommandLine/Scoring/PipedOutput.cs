namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Rows to standard output: what is written is gone.</summary>
internal sealed class PipedOutput : IScoreOutput
{
    public SafePoint Written { get; private set; } = SafePoint.Nothing;

    public void Write(ReadOnlySpan<byte> block, int rows, int badRows)
    {
        StandardOutput.Write(block);
        Written = new SafePoint(Written.Rows + rows, Written.Bytes + block.Length, Written.BadRows + badRows);
    }

    public void Save()
    {
    }

    public void Dispose()
    {
    }
}
