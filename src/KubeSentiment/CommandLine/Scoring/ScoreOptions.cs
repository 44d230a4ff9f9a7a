using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>What the command line of <c>score</c> asks for, beside files.</summary>
/// <param name="Tables">How tables are read and written.</param>
/// <param name="Prefix">What the added columns' names begin with; null lets <see cref="ResultColumns"/> decide.</param>
/// <param name="Overwrite">Replace what is there, and go on with nothing.</param>
/// <param name="Strict">Bad rows count in the exit code.</param>
/// <param name="Quiet">No progress, no summary.</param>
internal sealed record ScoreOptions(TableSettings Tables, string? Prefix, bool Overwrite, bool Strict, bool Quiet);
