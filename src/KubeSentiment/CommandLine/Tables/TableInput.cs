namespace KubeSentiment.CommandLine.Tables;

/// <summary>An input that is open: a file or standard input, unpacked where it is gzip, which its first bytes tell.</summary>
internal sealed class TableInput : IDisposable
{
    private readonly FileStream? _file;

    private TableInput(string name, TableFormat format, Stream content, FileStream? file)
    {
        Name = name;
        Format = format;
        Content = content;
        _file = file;
    }

    /// <summary>As messages call it.</summary>
    public string Name { get; }

    public TableFormat Format { get; }

    /// <summary>What is in it, unpacked.</summary>
    public Stream Content { get; }

    /// <summary>See <see cref="ITableReader.Share"/>.</summary>
    public double? Share => _file is { Length: > 0 } ? (double)_file.Position / _file.Length : null;

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; null goes by the name, and where that does not tell, takes plain lines.</param>
    /// <param name="stop">Ends the wait for more, where it is a pipe or a terminal.</param>
    public static TableInput Open(string path, TableFormat? format, CancellationToken stop)
    {
        if (path == TableName.Standard)
        {
            return Over("standard input", format ?? TableFormat.Lines, new WaitingStream(Console.OpenStandardInput(), stop));
        }

        if (Directory.Exists(path))
        {
            throw CommandException.Files($"'{path}' is a folder: name the files in it.");
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            var known = format ?? TableName.Of(path).Format ?? TableFormat.Lines;
            return file.CanSeek ? Over(path, known, file, file) : Over(path, known, new WaitingStream(file, stop));
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
                ? new TableInput(name, format, source, file)
                : throw CommandException.Usage("Parquet is read from its end: give a file, not standard input.");
        }

        var peeked = new PeekedStream(source);
        var content = peeked.Head switch
        {
            [0x1F, 0x8B, ..] => new GzipContent(peeked, name),
            // No text in UTF-8 begins so.
            [0x28, 0xB5, ..] => throw CommandException.Files($"{name} is packed with Zstandard: unpack it first, for instance: zstd -dc FILE | kubesentiment score -."),
            [0xFD, 0x37, ..] => throw CommandException.Files($"{name} is packed with xz: unpack it first, for instance: xz -dc FILE | kubesentiment score -."),
            [0x50, 0x4B, 0x03, 0x04] => throw CommandException.Files(
                $"{name} is a Zip archive, as Excel's workbooks are: save the sheet as CSV in UTF-8, or unpack it first, for instance: unzip -p FILE | kubesentiment score -."),
            _ => (Stream)peeked,
        };
        return new TableInput(name, format, content, file);
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
