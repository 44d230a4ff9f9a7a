using System.Diagnostics.CodeAnalysis;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>What tests with real servers do where a server is not installed.</summary>
internal static class RealServer
{
    /// <summary>Finds a program, or skips the test by name; with <c>REQUIRE_SERVERS=1</c>, as in CI, its absence is a failure.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="package">What to install.</param>
    public static string Require(string program, string package)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is null)
        {
            Miss($"Needs {program} (Debian: apt-get install {package}).");
        }

        return path;
    }

    /// <summary>Finds the script that starts a server: where a variable says, or in <c>shared</c> beside the repository.</summary>
    /// <param name="variable">The variable that may name it.</param>
    /// <param name="name">The server's folder in <c>shared</c>, and the script's name in it.</param>
    /// <param name="reason">What the test needs, for where there is none.</param>
    public static string RequireScript(string variable, string name, string reason)
    {
        var script = Environment.GetEnvironmentVariable(variable);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); script is null && folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", name, name);
            script = File.Exists(candidate) ? candidate : null;
        }

        if (script is null)
        {
            Miss(reason);
        }

        return script;
    }

    [DoesNotReturn]
    private static void Miss(string reason)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("REQUIRE_SERVERS") == "1", reason);
        Assert.Fail(reason);
    }
}
