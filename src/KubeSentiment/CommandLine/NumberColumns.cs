using Spectre.Console;

namespace KubeSentiment.CommandLine;

/// <summary>Columns of numbers: they stand at the right, so that their digits are one below the other.</summary>
internal static class NumberColumns
{
    public static Table AddNumberColumns(this Table table, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        return table;
    }
}
