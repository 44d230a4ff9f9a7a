using System.Text;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Writes rows as text: the columns of the input, then those that are added.</summary>
internal interface ITableWriter
{
    /// <summary>What stands before the first row.</summary>
    public void WriteHeader(StringBuilder output);

    /// <summary>One row.</summary>
    /// <param name="row">As it came.</param>
    /// <param name="added">A value an added column; null where there is none.</param>
    /// <param name="output">Where it is appended.</param>
    public void WriteRow(TableRow row, IReadOnlyList<string?> added, StringBuilder output);
}
