using System.Diagnostics;
using KubeSentiment.IntegrationTests.Servers;
using KubeSentiment.Tests;

namespace KubeSentiment.IntegrationTests.Kubernetes;

/// <summary>Prometheus' own tool takes the alerts, and they fire when they should, and only then; panels tell nothing from none.</summary>
public sealed class AlertTests
{
    [Theory]
    [InlineData("check", "observability/alerts.yaml")]
    [InlineData("test", "observability/alerts.test.yaml")]
    [InlineData("test", "observability/panels.test.yaml")]
    public async Task Promtool_AboutTheRules_HasNothingToSay(string command, string file)
    {
        var start = new ProcessStartInfo(RealServer.Require("promtool", "prometheus"), [command, "rules", file])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = CommittedFile.RequireRoot(),
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(0, await output + errors);
        errors.ShouldBeEmpty();
    }
}
