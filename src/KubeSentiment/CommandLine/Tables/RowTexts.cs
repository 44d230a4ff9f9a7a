namespace KubeSentiment.CommandLine.Tables;

/// <summary>Makes rows of fields, and says what is wrong with their text.</summary>
internal static class RowTexts
{
    public const string NotUtf8 = "not valid UTF-8";

    /// <summary>A row whose text is one of its fields.</summary>
    public static TableRow Of(string?[] fields, int column, string? json = null)
    {
        var text = fields[column];
        var fault = text is null ? "no text" : EscapedText.IsWhole(text) ? null : NotUtf8;
        return new TableRow(fields, fault is null ? text : null, fault) { Json = json };
    }

    /// <summary>Where a column is.</summary>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="name">The one that is wanted.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="CommandException">There is no such column; the message names those that there are.</exception>
    public static int Find(IReadOnlyList<TableColumn> columns, string name, string option = "--column")
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        throw CommandException.Usage($"There is no column '{name}'. The columns are {string.Join(", ", columns.Select(column => $"'{column.Name}'"))}: name one with {option}.");
    }
}
