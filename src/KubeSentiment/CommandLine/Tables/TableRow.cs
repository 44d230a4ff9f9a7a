namespace KubeSentiment.CommandLine.Tables;

/// <summary>A row of an input, good or bad: a bad one keeps its place.</summary>
/// <param name="Fields">A value a column of the input; null where there is none.</param>
/// <param name="Text">What is scored; null where <paramref name="Fault"/> says why there is nothing to score.</param>
/// <param name="Fault">What is wrong with the row; null when nothing is.</param>
internal sealed record TableRow(string?[] Fields, string? Text, string? Fault = null)
{
    /// <summary>The object as it stood in its file, where it was JSON: it is written again to the letter.</summary>
    public string? Json { get; init; }
}
