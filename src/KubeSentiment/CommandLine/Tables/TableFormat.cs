namespace KubeSentiment.CommandLine.Tables;

/// <summary>How a file holds its rows.</summary>
internal enum TableFormat
{
    /// <summary>Fields between commas (or <c>--delimiter</c>), quoted where they must be, below a line of names (RFC 4180).</summary>
    Csv,

    /// <summary>Fields between tabs below a line of names; quotes are plain characters unless <c>--tsv-quotes</c>.</summary>
    Tsv,

    /// <summary>A JSON object a line.</summary>
    Jsonl,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>A text a line.</summary>
    Lines,
}
