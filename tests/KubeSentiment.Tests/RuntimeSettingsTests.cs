using System.Text.Json;

namespace KubeSentiment.Tests;

/// <summary>What the program asks of the runtime: a property by a wrong name builds without a word and does nothing.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("System.GC.Server", "false")]
    [InlineData("System.GC.Concurrent", "true")]
    [InlineData("System.GC.Gen0MaxBudget", "16777216")]
    [InlineData("System.Threading.ThreadPool.MinThreads", "6")]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    public void Setting_OfTheProject_ReachesTheRuntime(string name, string value)
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "kubesentiment.runtimeconfig.json")));

        settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(name).GetRawText().ShouldBe(value);
    }
}
