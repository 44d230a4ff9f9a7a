using KubeSentiment.CommandLine.Tables;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Rows that are scored and written together.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Share">How much of the input had been read at their end; see <see cref="ITableReader.Share"/>.</param>
internal sealed record RowBlock(IReadOnlyList<TableRow> Rows, double? Share)
{
    /// <summary>Most rows of a block.</summary>
    public const int MaxRows = 512;

    /// <summary>Rows are added until they have as many characters. Long texts make small blocks, so that not much is lost when the process dies.</summary>
    public const int Characters = 1 << 17;

    /// <summary>Cuts the rows of an input into blocks, by their contents alone: wherever a run begins, the blocks are the same.</summary>
    /// <param name="reader">The input.</param>
    /// <param name="skip">Rows that an earlier run has written; whole blocks.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<RowBlock> CutAsync(
        ITableReader reader, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<TableRow> rows = [];
        var characters = 0L;
        await foreach (var row in reader.RowsAsync(cancellationToken))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            rows.Add(row);
            characters += row.Fields.Sum(field => (long)(field?.Length ?? 0));
            if (rows.Count == MaxRows || characters >= Characters)
            {
                yield return new RowBlock(rows, reader.Share);
                rows = [];
                characters = 0;
            }
        }

        if (skip > 0)
        {
            throw CommandException.Files($"The input has fewer rows than were written of it. {OutputFile.StartAnew}");
        }

        if (rows.Count > 0)
        {
            yield return new RowBlock(rows, reader.Share);
        }
    }
}
