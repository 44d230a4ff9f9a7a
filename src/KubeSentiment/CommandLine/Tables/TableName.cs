namespace KubeSentiment.CommandLine.Tables;

/// <summary>What a file's name says of it.</summary>
/// <param name="Stem">Folder and name without the endings that name the format.</param>
/// <param name="Format">Null where the name does not tell.</param>
/// <param name="Compressed">Whether it ends in <c>.gz</c>.</param>
internal sealed record TableName(string Stem, TableFormat? Format, bool Compressed)
{
    /// <summary>Standard input or output.</summary>
    public const string Standard = "-";

    public const string CompressedEnding = ".gz";

    public static TableName Of(string path)
    {
        var compressed = path.EndsWith(CompressedEnding, StringComparison.OrdinalIgnoreCase);
        var bare = compressed ? path[..^CompressedEnding.Length] : path;
        var ending = Path.GetExtension(bare);
        TableFormat? format = ending.ToLowerInvariant() switch
        {
            ".csv" => TableFormat.Csv,
            ".tsv" or ".tab" => TableFormat.Tsv,
            // Spark, BigQuery and pandas call files of JSON lines so; nobody keeps plain texts in one.
            ".jsonl" or ".ndjson" or ".json" => TableFormat.Jsonl,
            ".parquet" or ".pq" => TableFormat.Parquet,
            ".txt" => TableFormat.Lines,
            _ => null,
        };
        return new TableName(format is null ? bare : bare[..^ending.Length], format, compressed);
    }

    /// <summary>The ending of a format's files.</summary>
    public static string EndingOf(TableFormat format) => format switch
    {
        TableFormat.Csv => ".csv",
        TableFormat.Tsv => ".tsv",
        TableFormat.Jsonl => ".jsonl",
        TableFormat.Parquet => ".parquet",
        _ => ".txt",
    };
}
