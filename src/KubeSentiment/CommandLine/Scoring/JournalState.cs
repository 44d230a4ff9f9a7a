using System.Text;
using System.Text.Json;

namespace KubeSentiment.CommandLine.Scoring;

/// <summary>What a journal says.</summary>
/// <param name="Job">The job that it belongs to.</param>
/// <param name="Safe">The last safe point.</param>
/// <param name="Finished">Whether all rows are written.</param>
/// <param name="Length">Bytes of its whole lines; what follows was being written when the process died.</param>
internal sealed record JournalState(JobIdentity Job, SafePoint Safe, bool Finished, long Length)
{
    /// <summary>Reads the whole lines of a journal.</summary>
    /// <param name="bytes">All that is in it.</param>
    /// <param name="path">As messages call it.</param>
    /// <returns>Null where not even the first line is whole: nothing was safe yet.</returns>
    /// <exception cref="CommandException">A whole line is none of a journal.</exception>
    public static JournalState? Of(ReadOnlySpan<byte> bytes, string path)
    {
        JournalState? state = null;
        for (var start = 0; bytes[start..].IndexOf((byte)'\n') is var length and >= 0; start += length + 1)
        {
            if (Parse(bytes.Slice(start, length)) is not { } line)
            {
                throw CommandException.Files($"'{path}' is damaged or no journal of this program: '{Encoding.UTF8.GetString(bytes.Slice(start, Math.Min(length, 40)))}'. {OutputFile.StartAnew}");
            }

            state = state is null
                ? line.Job is { } job ? new JournalState(job, SafePoint.Nothing, Finished: false, 0) : throw CommandException.Files($"'{path}' does not begin as a journal does. {OutputFile.StartAnew}")
                : state with { Safe = line.Safe ?? state.Safe, Finished = state.Finished || line.Finished };
            state = state with { Length = start + length + 1 };
        }

        return state;
    }

    private static JournalLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
