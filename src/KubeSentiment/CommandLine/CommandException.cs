namespace KubeSentiment.CommandLine;

/// <summary>Ends a command with one line for the person who typed it.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CommandException Usage(string message) => new(CommandLine.ExitCode.Usage, message);

    public static CommandException Files(string message) => new(CommandLine.ExitCode.Files, message);
}
