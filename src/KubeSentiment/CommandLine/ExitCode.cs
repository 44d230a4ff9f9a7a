namespace KubeSentiment.CommandLine;

/// <summary>How a command ends, for scripts; docs/command-line.md explains each.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The command line or a setting is wrong; equal to what a failed start of the service ends with.</summary>
    public const int Usage = StartFailure.ExitCode;

    /// <summary>A file cannot be read or written, or is not what it should be.</summary>
    public const int Files = 2;

    /// <summary>Done, but rows could not be scored, and <c>--strict</c> makes that count.</summary>
    public const int BadRows = 3;

    /// <summary>128 + SIGINT, as a shell tells it.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGPIPE: whoever read the output had enough.</summary>
    public const int OutputClosed = 141;
}
