using System.Text.Json;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>Says, in lines that are only ever appended and each on disk before work goes on, how far an output is safe. Whoever has it open has the output to itself.</summary>
internal sealed class Journal : IDisposable
{
    /// <summary>How Linux, macOS and Windows say that another process has a file.</summary>
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private Journal(FileStream file) => _file = file;

    /// <summary>Opens the journal of an output, an empty one where there is none.</summary>
    /// <param name="path">The journal.</param>
    /// <exception cref="CommandException">Another run has it.</exception>
    public static Journal Open(string path)
    {
        try
        {
            // On Unix only such a lock keeps others out: with any other sharing two writers may have the file.
            return new Journal(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (InUse.Contains(e.HResult))
        {
            throw CommandException.Files($"Another run has '{path}' open and writes the same output. Wait until it has ended, or give another output.");
        }
    }

    /// <summary>What it says; null where nothing was safe yet.</summary>
    /// <exception cref="CommandException">It is damaged.</exception>
    public JournalState? Read()
    {
        var bytes = new byte[_file.Length];
        _file.Seek(0, SeekOrigin.Begin);
        _file.ReadExactly(bytes);
        return JournalState.Of(bytes, _file.Name);
    }

    /// <summary>Begins anew, with a job.</summary>
    public void Begin(JobIdentity job)
    {
        _file.SetLength(0);
        Append(new JournalLine(job));
    }

    /// <summary>Goes on after the last whole line.</summary>
    public void Continue(JournalState state)
    {
        _file.SetLength(state.Length);
        _file.Seek(0, SeekOrigin.End);
    }

    public void Append(JournalLine line)
    {
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine), (byte)'\n']);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();
}
