namespace KubeSentiment.CommandLine.Tables;

/// <summary>How tables are read and written.</summary>
/// <param name="Column">The column that holds the texts.</param>
/// <param name="Delimiter">Between the fields of CSV.</param>
/// <param name="TsvQuotes">Whether TSV quotes its fields as CSV does.</param>
internal sealed record TableSettings(string Column, char Delimiter = ',', bool TsvQuotes = false);
