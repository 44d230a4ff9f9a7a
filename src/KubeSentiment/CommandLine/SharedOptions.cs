using System.CommandLine;
using System.CommandLine.Parsing;
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
        CustomParser = FormatOf,
        Description = "csv, tsv, jsonl, parquet or lines. Default: by the file's name; standard input holds plain lines.",
        HelpName = "FORMAT",
    };

    public static Option<char> Delimiter() => new("--delimiter", "-d")
    {
        Description = @"What stands between the fields of CSV; \t is a tab.",
        HelpName = "CHARACTER",
        DefaultValueFactory = _ => ',',
        CustomParser = argument =>
        {
            if (argument.Tokens is [{ Value: var value }] && (value == @"\t" ? "\t" : value) is [var character and not ('"' or '\r' or '\n')])
            {
                return character;
            }

            argument.AddError("--delimiter takes one character, neither a quote nor a line break.");
            return default;
        },
    };

    public static Option<bool> TsvQuotes() => new("--tsv-quotes")
    {
        Description = "Fields of TSV are quoted as those of CSV (Excel, pandas). Default: a quote is a plain character.",
    };

    /// <summary>Reads the name of a format; a number of the list of formats is none.</summary>
    public static TableFormat? FormatOf(ArgumentResult argument)
    {
        var name = argument.Tokens is [{ Value: var value }] ? value : "";
        foreach (var format in Enum.GetValues<TableFormat>())
        {
            if (string.Equals(format.ToString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        argument.AddError($"'{name}' is no format: take {string.Join(", ", Enum.GetNames<TableFormat>()).ToLowerInvariant()}.");
        return null;
    }
}
