using System.CommandLine;

namespace KubeSentiment.CommandLine;

/// <summary><c>kubesentiment serve</c>, and no command at all: the service. It is listed here for its help; Program.cs runs it.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private const string Description = """
        Answer over HTTP, and from Kafka where it is on. This is what runs without a command. MLOPS_ variables set it up: see docs/configuration.md.
        """;

    private const string Examples = """
        kubesentiment serve
        MLOPS_PORT=9000 MLOPS_REDIS_ENABLED=true kubesentiment serve
        """;

    public static Command Create() => new DescribedCommand(Name, Description, Examples);

    /// <summary>What the service gets of the program's arguments.</summary>
    /// <returns>Null where they ask for another command, for help, or for something that is not there.</returns>
    public static string[]? ArgumentsIn(string[] arguments) => arguments switch
    {
        [Name, .. var rest] => Array.Exists(rest, IsHelp) ? null : rest,
        [var first, ..] when IsHelp(first) || first == "--version" => null,
        // Settings of the host, as --Service:Port=80 or Service:Port=80; a bare word is a command, or one mistyped.
        [['-' or '/', ..], ..] => arguments,
        [var first, ..] => first.Contains('=') ? arguments : null,
        [] => arguments,
    };

    private static bool IsHelp(string argument) => argument is "--help" or "-h" or "-?" or "/?" or "/h";
}
