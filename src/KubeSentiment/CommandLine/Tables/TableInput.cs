using System.IO.Compression;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>An input that is open: a file or standard input, unpacked where it is gzip, which its first bytes tell.</summary>
internal sealed class TableInput : IDisposable
{
    private readonly FileStream? _file;

    private TableInput(string name, TableFormat format, bool compressed, Stream content, FileStream? file)
    {
        Name = name;
        Format = format;
        Compressed = compressed;
        Content = content;
        _file = file;
    }

    /// <summary>As messages call it.</summary>
    public string Name { get; }

    public TableFormat Format { get; }

    public bool Compressed { get; }

    /// <summary>What is in it, unpacked.</summary>
    public Stream Content { get; }

    /// <summary>See <see cref="ITableReader.Share"/>.</summary>
    public double? Share => _file is { Length: > 0 } ? (double)_file.Position / _file.Length : null;

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; null goes by the name, and where that does not tell, takes plain lines.</param>
    public static TableInput Open(string path, TableFormat? format)
    {
        if (path == TableName.Standard)
        {
            return Over("standard input", format ?? TableFormat.Lines, Console.OpenStandardInput());
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            return Over(path, format ?? TableName.Of(path).Format ?? TableFormat.Lines, file, file.CanSeek ? file : null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>An input over a stream that is open already.</summary>
    internal static TableInput Over(string name, TableFormat format, Stream source, FileStream? file = null)
    {
        if (format == TableFormat.Parquet)
        {
            return file is not null
                ? new TableInput(name, format, compressed: false, source, file)
                : throw CommandException.Usage("Parquet is read from its end: give a file, not standard input.");
        }

        var peeked = new PeekedStream(source);
        return peeked.Head is [0x1F, 0x8B, ..]
            ? new TableInput(name, format, compressed: true, new GZipStream(peeked, CompressionMode.Decompress), file)
            : new TableInput(name, format, compressed: false, peeked, file);
    }

    /// <summary>The reader of the format.</summary>
    public async Task<ITableReader> ReadAsync(TableSettings settings, CancellationToken cancellationToken) => Format switch
    {
        TableFormat.Csv or TableFormat.Tsv => new DelimitedReader(this, settings),
        TableFormat.Jsonl => new JsonLinesReader(this, settings),
        TableFormat.Parquet => await ParquetTableReader.OpenAsync(this, settings, cancellationToken),
        _ => new LineReader(this, settings),
    };

    public void Dispose() => Content.Dispose();
}
