using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace KubeSentiment.Tests;

/// <summary>Holds the metrics that a page names equal to those that its rooms publish.</summary>
internal static class DocumentedMetrics
{
    /// <summary>Every word of the page with the prefix is a metric of the meters, by its name in Prometheus, and the other way round.</summary>
    /// <param name="page">The page, from the root of the repository: <c>docs/load.md</c>.</param>
    /// <param name="prefix">How the metrics' names begin.</param>
    /// <param name="meters">Where the rooms' instruments were made; they must have been by now.</param>
    public static void Check(string page, string prefix, IMeterFactory meters)
    {
        List<string> published = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                // Meters of other tests have the same name, not the same scope.
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    published.Add(PrometheusName(instrument));
                }
            },
        };
        listener.Start();
        published.ShouldNotBeEmpty();

        var named = Regex.Matches(File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), page)), $@"\b{Regex.Escape(prefix)}\w+", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(match => match.Value)
            .Distinct();
        named.ShouldBe(published, ignoreOrder: true);
    }

    private static string PrometheusName(Instrument instrument)
    {
        var name = instrument.Unit == "s" ? $"{instrument.Name}_seconds" : instrument.Name;
        return instrument is Counter<long> or ObservableCounter<long> ? $"{name}_total" : name;
    }
}
