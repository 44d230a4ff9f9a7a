using KubeSentiment.Tests;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>The user of Redis that the pages of the documentation say is enough, so that a command that they forget shows.</summary>
internal static class DocumentedUser
{
    public const string Name = "kubesentiment";

    public const string Password = "secret";

    private const string Command = $"ACL SETUSER {Name} ";

    /// <summary>Arguments that start a server with that user.</summary>
    /// <param name="pages">Pages with lines that begin with <c>ACL SETUSER</c>; all of them together are the user.</param>
    public static string[] Of(params string[] pages)
    {
        var rules = pages
            .SelectMany(page => File.ReadLines(Path.Combine(CommittedFile.RequireRoot(), page)))
            .Where(line => line.StartsWith(Command, StringComparison.Ordinal))
            .SelectMany(line => line[Command.Length..].Split(' '))
            .Select(rule => rule == ">SECRET" ? $">{Password}" : rule)
            .ToList();
        rules.ShouldNotBeEmpty();
        return ["--user", Name, .. rules];
    }

    /// <summary>What the user was not allowed to do, by the server's own list.</summary>
    public static async Task ShouldNotBeDeniedAnythingAsync(RedisServer server) => (await server.CommandAsync("ACL", "LOG")).ShouldBeEmpty();
}
