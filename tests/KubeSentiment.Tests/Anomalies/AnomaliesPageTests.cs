using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using KubeSentiment.Anomalies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Anomalies;

/// <summary>docs/anomalies.md says what is so.</summary>
public sealed partial class AnomaliesPageTests
{
    private const string Page = "docs/anomalies.md";

    [Fact]
    public void Example_OfThePage_DoesWhatItSays()
    {
        var output = new StringWriter();

        AnomaliesExample.Run(Buffers.Buffer(new FakeTimeProvider()), output);

        output.ToString().ReplaceLineEndings("\n").ShouldBe(
            """
            a replay has the same entry: True
            NEUTRAL of reviews/3/4711, 24 characters
            "Best. Worst. Film. Ever." is kept for 60 minutes
            1 of 10000, 1 repeated, 1 close calls
            1 forgotten

            """);
    }

    [Fact]
    public void Example_InThePage_IsTheCompiledCode() => DocumentedExample.Check(Page);

    [Fact]
    public void Types_InThePage_AreAll() =>
        Row().Matches(PageText()).Select(match => match.Groups["type"].Value).ShouldBe(AnomalyTypes.Names);

    [Fact]
    public void Metrics_InThePage_AreThoseOfTheRoom()
    {
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var published = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    published.Add(instrument is ObservableCounter<long> ? $"{instrument.Name}_total" : instrument.Name);
                }
            },
        };
        listener.Start();
        var metrics = new AnomalyMetrics(meters);
        _ = new AnomalyDetector(new AnomalyOptions(), metrics);
        _ = new AnomalyBuffer(new AnomalyOptions(), metrics, new FakeTimeProvider());

        Metric().Matches(PageText()).Select(match => match.Value).Distinct().ShouldBe(published, ignoreOrder: true);
    }

    private static string PageText() => File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), Page));

    [GeneratedRegex(@"^\| `(?<type>\w+)` \|.*MLOPS_", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();

    // The keys of the settings have capitals.
    [GeneratedRegex(@"\b(sentiment_)?anomaly_(detected|buffer)_?[a-z_]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Metric();
}
