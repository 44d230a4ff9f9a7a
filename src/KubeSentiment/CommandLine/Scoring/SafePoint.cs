namespace KubeSentiment.CommandLine.Scoring;

/// <summary>How far an output is safe on disk.</summary>
/// <param name="Rows">Rows, good and bad.</param>
/// <param name="Bytes">Their bytes, the header's included.</param>
/// <param name="BadRows">How many of them could not be scored.</param>
internal sealed record SafePoint(long Rows, long Bytes, long BadRows)
{
    public static SafePoint Nothing { get; } = new(0, 0, 0);
}
