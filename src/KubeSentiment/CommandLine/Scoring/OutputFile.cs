namespace KubeSentiment.CommandLine.Scoring;

/// <summary>An output file that survives the death of its process at any moment.</summary>
/// <remarks>
/// <list type="number">
/// <item>Rows go to <c>OUTPUT.partial</c>. Once a second they are forced to disk, and then <c>OUTPUT.journal</c> says how many rows and bytes are safe.</item>
/// <item>A run of the same job (<see cref="JobIdentity"/>) cuts the partial file to the last safe point and goes on from there. As blocks of rows are cut by their contents alone and an
/// answer does not depend on its batch mates, the file ends as if nothing had happened.</item>
/// <item>When all rows are written the journal says so, and the file gets its name. The journal stays until the whole command is done (<see cref="Forget"/>), so that a command over many
/// files does not begin anew with those that it has finished.</item>
/// <item>Of several runs with the same output one has the journal, and the others end before they have touched anything.</item>
/// </list>
/// </remarks>
internal sealed class OutputFile : IScoreOutput
{
    public const string StartAnew = "To start anew, use --overwrite.";

    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Journal _journal;
    private FileStream? _partial;
    private long _savedAt;

    private OutputFile(string path, Journal journal, SafePoint written, bool finished, TimeProvider time)
    {
        _path = path;
        _time = time;
        _journal = journal;
        _savedAt = time.GetTimestamp();
        Written = written;
        IsFinished = finished;
        if (!finished)
        {
            _partial = OpenInPlaceOf(path, PartialOf(path));
            CutToSafePoint(_partial, written);
        }
    }

    public SafePoint Written { get; private set; }

    /// <summary>Whether an earlier run has written all rows.</summary>
    public bool IsFinished { get; private set; }

    public static string PartialOf(string path) => path + ".partial";

    public static string ConvertedOf(string path) => path + ".converted";

    public static string JournalOf(string path) => path + ".journal";

    /// <summary>Begins an output, or goes on with that of an earlier run.</summary>
    /// <exception cref="CommandException">There is an output, or the beginning of one, that is not of this job.</exception>
    public static OutputFile Open(string path, JobIdentity job, bool overwrite, TimeProvider time)
    {
        var journalPath = JournalOf(path);
        if (IsPipe(path))
        {
            throw CommandException.Files($"'{path}' is a pipe, which cannot be written anew after an interruption. Write to standard output, and that into the pipe: -o - > '{path}'.");
        }

        if (!overwrite && File.Exists(path) && !File.Exists(journalPath))
        {
            throw IsThere(path);
        }

        var journal = Journal.Open(journalPath);
        try
        {
            return Open(path, journal, job, overwrite, time);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The journals of finished outputs are no longer needed.</summary>
    public static void Forget(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            File.Delete(JournalOf(path));
        }
    }

    public void Write(ReadOnlySpan<byte> block, int rows, int badRows)
    {
        _partial!.Write(block);
        Written = new SafePoint(Written.Rows + rows, Written.Bytes + block.Length, Written.BadRows + badRows);
        if (_time.GetElapsedTime(_savedAt) >= SaveInterval)
        {
            Save();
        }
    }

    public void Save()
    {
        _partial!.Flush(flushToDisk: true);
        _journal.Append(new JournalLine(Safe: Written));
        _savedAt = _time.GetTimestamp();
    }

    /// <summary>All rows are written: gives the file its name.</summary>
    /// <param name="convert">Makes a file (its second argument) of the partial one, and forces it to disk; null where the partial one is what was wanted.</param>
    public async Task FinishAsync(Func<string, string, Task>? convert)
    {
        Save();
        _partial!.Dispose();
        _partial = null;
        if (convert is not null)
        {
            OpenInPlaceOf(_path, ConvertedOf(_path)).Dispose();
            await convert(PartialOf(_path), ConvertedOf(_path));
        }

        _journal.Append(new JournalLine(Finished: true));
        IsFinished = true;
        GiveName();
    }

    public void Dispose()
    {
        _partial?.Dispose();
        _journal.Dispose();
    }

    /// <summary>Whether something is there that is no file and would be replaced by one. Opened for both directions, a pipe waits for nobody at its other end.</summary>
    private static bool IsPipe(string path)
    {
        try
        {
            using var there = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return !there.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing, or a file that may not be opened: what comes next says so.
            return false;
        }
    }

    private static OutputFile Open(string path, Journal journal, JobIdentity job, bool overwrite, TimeProvider time)
    {
        if ((overwrite ? null : journal.Read()) is not { } earlier)
        {
            if (!overwrite && File.Exists(path))
            {
                throw IsThere(path);
            }

            File.Delete(PartialOf(path));
            File.Delete(ConvertedOf(path));
            journal.Begin(job);
            return new OutputFile(path, journal, SafePoint.Nothing, finished: false, time);
        }

        if (job.DifferenceFrom(earlier.Job) is { } difference)
        {
            throw CommandException.Files($"'{path}' was begun before, but {difference}. {StartAnew}");
        }

        if (earlier.Finished && !Array.Exists([path, PartialOf(path), ConvertedOf(path)], File.Exists))
        {
            throw CommandException.Files($"'{path}' was finished before, but is gone. {StartAnew}");
        }

        journal.Continue(earlier);
        var output = new OutputFile(path, journal, earlier.Safe, earlier.Finished, time);
        output.GiveName();
        return output;
    }

    private static CommandException IsThere(string path) => CommandException.Files($"'{path}' is there already. {StartAnew}");

    /// <summary>Opens a file that will take the output's place: who may not read the one may not read the other.</summary>
    private static FileStream OpenInPlaceOf(string path, string file)
    {
        var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(path));
        }

        return stream;
    }

    private void GiveName()
    {
        if (!IsFinished)
        {
            return;
        }

        // In this order, so that whoever comes after a death between two steps still sees which file is the result.
        if (File.Exists(ConvertedOf(_path)))
        {
            File.Delete(PartialOf(_path));
            File.Move(ConvertedOf(_path), _path, overwrite: true);
        }
        else if (File.Exists(PartialOf(_path)))
        {
            File.Move(PartialOf(_path), _path, overwrite: true);
        }
    }

    private void CutToSafePoint(FileStream partial, SafePoint safe)
    {
        if (partial.Length < safe.Bytes)
        {
            partial.Dispose();
            throw CommandException.Files($"'{PartialOf(_path)}' is shorter than its journal says: it was changed by another program. {StartAnew}");
        }

        partial.SetLength(safe.Bytes);
        partial.Seek(0, SeekOrigin.End);
    }
}
