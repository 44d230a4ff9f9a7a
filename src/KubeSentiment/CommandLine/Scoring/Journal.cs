using System.Text.Json;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Says, in lines that are only ever appended and each on disk before work goes on, how far an output is safe.</summary>
internal sealed class Journal : IDisposable
{
    private readonly FileStream _file;

    private Journal(FileStream file) => _file = file;

    /// <summary>Begins the journal of a job.</summary>
    public static Journal Begin(string path, JobIdentity job)
    {
        var journal = new Journal(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read));
        journal.Append(new JournalLine(job));
        return journal;
    }

    /// <summary>Goes on after the last whole line.</summary>
    public static Journal Continue(string path, JournalState state)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.SetLength(state.Length);
        file.Seek(0, SeekOrigin.End);
        return new Journal(file);
    }

    public void Append(JournalLine line)
    {
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine), (byte)'\n']);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();
}
