namespace KubeSentiment.CommandLine.Scoring;

/// <summary>A block with its results.</summary>
/// <param name="Block">The rows.</param>
/// <param name="Results">The values of the added columns, a row each.</param>
/// <param name="BadRows">Rows that could not be scored.</param>
internal sealed record ScoredBlock(RowBlock Block, IReadOnlyList<string?[]> Results, int BadRows);
