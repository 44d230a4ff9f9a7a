using System.Text;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Writes the added columns alone, as CSV.</summary>
internal sealed class ResultsWriter(IReadOnlyList<TableColumn> added) : ITableWriter
{
    private readonly DelimitedWriter _csv = new(TableFormat.Csv, new TableSettings(added[0].Name), added);

    public void WriteHeader(StringBuilder output) => _csv.WriteHeader(output);

    public void WriteRow(TableRow row, IReadOnlyList<string?> added, StringBuilder output) => _csv.WriteRow(row with { Fields = [] }, added, output);
}
