using System.CommandLine;

namespace KubeSentiment.CommandLine;

/// <summary><c>kubesentiment serve</c>, and no command at all: the service. It is listed here for its help; Program.cs runs it.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>The framework's own, which belong to no section.</summary>
    private static readonly string[] HostSettings = ["environment", "contentRoot", "applicationName"];

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
    public static string[]? ArgumentsIn(string[] arguments)
    {
        string[] settings = arguments is [Name, .. var rest] ? rest : arguments;
        return AreSettings(settings) ? settings : null;
    }

    /// <summary>Whether all are settings, as <c>--Service:Port=80</c>, <c>--Service:Port 80</c> or <c>Service:Port=80</c>. A word that is none would be passed over in silence.</summary>
    private static bool AreSettings(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var (dashed, equals) = (arguments[i] is ['-', '-', ..] or ['/', ..], arguments[i].IndexOf('='));
            var name = (equals < 0 ? arguments[i] : arguments[i][..equals]).TrimStart('-', '/');
            // A name without a value sets nothing: so the framework's test host hands on its sections.
            if (!name.Contains(':') && !HostSettings.Contains(name, StringComparer.OrdinalIgnoreCase) && !arguments[i].EndsWith('='))
            {
                return false;
            }

            if (equals < 0 && (!dashed || ++i == arguments.Length))
            {
                return false;
            }
        }

        return true;
    }
}
