using KubeSentiment.CommandLine;

namespace KubeSentiment.Tests.CommandLine;

/// <summary>docs/command-line.md says what the program's help says.</summary>
public sealed class CommandLinePageTests
{
    [Fact]
    public void Page_EveryCommandAndOption_IsThere()
    {
        var page = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), "docs", "command-line.md"));

        foreach (var command in CommandLineProgram.Create().Subcommands)
        {
            page.ShouldContain($"kubesentiment {command.Name}");
            foreach (var option in command.Options)
            {
                page.ShouldContain($"`{option.Name}", Case.Sensitive, $"{command.Name} has an option that the page does not name.");
            }
        }
    }

    [Fact]
    public void Page_EveryExitCode_IsThere()
    {
        var page = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), "docs", "command-line.md"));

        int[] codes = [ExitCode.Done, ExitCode.Usage, ExitCode.Files, ExitCode.BadRows, ExitCode.Interrupted, ExitCode.OutputClosed];
        foreach (var code in codes)
        {
            page.ShouldContain($"| {code} |");
        }
    }
}
