using System.IO.Compression;

namespace KubeSentiment.Bench.Texts;

/// <summary>Reads texts to replay: plain lines, or one column of a tab-separated file with a header; either may be gzipped.</summary>
internal static class TextFile
{
    /// <summary>The texts in file order, without empty ones. A tab inside the last column belongs to the text: these files quote nothing.</summary>
    public static List<string> Read(FileInfo file, string column, int? limit, bool distinct)
    {
        var texts = new List<string>();
        var seen = distinct ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var row in Rows(file, [column]))
        {
            var text = row[0];
            if (!string.IsNullOrWhiteSpace(text) && seen?.Add(text) != false)
            {
                texts.Add(text);
            }

            if (texts.Count == limit)
            {
                break;
            }
        }

        return texts.Count > 0 ? texts : throw new InvalidDataException($"{file} holds no text.");
    }

    /// <summary>The named columns of every row; a file that is not tab-separated has one column, the line.</summary>
    public static IEnumerable<string[]> Rows(FileInfo file, string[] columns)
    {
        using var reader = Open(file);
        if (!file.Name.Contains(".tsv", StringComparison.OrdinalIgnoreCase))
        {
            while (reader.ReadLine() is { } line)
            {
                yield return [line];
            }

            yield break;
        }

        var header = (reader.ReadLine() ?? "").Split('\t');
        var places = Array.ConvertAll(columns, column => Array.IndexOf(header, column));
        if (Array.IndexOf(places, -1) is var missing and >= 0)
        {
            throw new InvalidDataException($"{file} has no column '{columns[missing]}': its header is '{string.Join(", ", header)}'.");
        }

        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t', header.Length);
            yield return Array.ConvertAll(places, place => place < cells.Length ? cells[place] : "");
        }
    }

    private static StreamReader Open(FileInfo file)
    {
        Stream stream = file.OpenRead();
        return new StreamReader(file.Extension == ".gz" ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }
}
