using System.CommandLine;
using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public const string ColumnDefault = "text";

    public static Option<string?> Model() => new("--model")
    {
        Description = "Folder of the model, in the Hugging Face layout. Default: MLOPS_ONNX_MODEL_PATH, else the built-in one.",
        HelpName = "FOLDER",
    };

    public static Option<string> Column() => new("--column", "-c")
    {
        Description = "The column that holds the texts.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ColumnDefault,
    };

    public static Option<TableFormat?> InputFormat() => new("--input-format")
    {
        Description = "csv, tsv, jsonl, parquet or lines. Default: by the file's name; standard input holds plain lines.",
        HelpName = "FORMAT",
    };

    public static Option<char> Delimiter() => new("--delimiter", "-d")
    {
        Description = "What stands between the fields of CSV.",
        HelpName = "CHARACTER",
        DefaultValueFactory = _ => ',',
    };

    public static Option<bool> TsvQuotes() => new("--tsv-quotes")
    {
        Description = "Fields of TSV are quoted as those of CSV (Excel, pandas). Default: a quote is a plain character.",
    };
}
