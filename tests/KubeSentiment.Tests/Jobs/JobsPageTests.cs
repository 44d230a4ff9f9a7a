using System.Diagnostics.Metrics;
using KubeSentiment.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Jobs;

/// <summary>docs/jobs.md says what is so.</summary>
public sealed class JobsPageTests
{
    private const string Page = "docs/jobs.md";

    [Fact]
    public void Metrics_InThePage_AreThoseOfTheRoom()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        new JobMetrics(new JobOptions(), meters).Observe(() => JobFigures.Nothing);

        DocumentedMetrics.Check(Page, "sentiment_job", meters);
    }

    [Fact]
    public void States_InThePage_AreAllThere()
    {
        var page = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), Page));

        Enum.GetValues<JobState>().ShouldAllBe(state => page.Contains($"\n| `{state.Word()}` |"));
    }

    /// <summary>A word in capitals on a line of its own stands where an answer of the service is still to come.</summary>
    [Fact]
    public void Answers_InThePage_AreAllThere() => File.ReadAllLines(Path.Combine(CommittedFile.RequireRoot(), Page))
        .Where(line => line.Length > 0 && line.All(character => character is '-' or >= 'A' and <= 'Z')).ShouldBeEmpty();
}
