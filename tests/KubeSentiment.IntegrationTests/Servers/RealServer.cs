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
            var reason = $"Needs {program} (Debian: apt-get install {package}).";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("REQUIRE_SERVERS") == "1", reason);
            Assert.Fail(reason);
        }

        return path;
    }
}
