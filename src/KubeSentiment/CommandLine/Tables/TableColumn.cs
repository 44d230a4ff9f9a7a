namespace KubeSentiment.CommandLine.Tables;

/// <summary>A column: its name, and what its values are where the format can tell.</summary>
internal sealed record TableColumn(string Name, ColumnKind Kind = ColumnKind.Text);

/// <summary>What JSON writes bare and what it writes in quotes.</summary>
internal enum ColumnKind
{
    Text,
    Number,
    Boolean,
}
