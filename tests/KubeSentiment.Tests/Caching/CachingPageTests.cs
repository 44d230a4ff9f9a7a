using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Caching;

/// <summary>docs/caching.md says what is so.</summary>
public sealed partial class CachingPageTests
{
    private const string Page = "docs/caching.md";

    [Fact]
    public async Task Example_OfThePage_DoesWhatItSays()
    {
        var output = new StringWriter();

        var (found, many, deleted) = await CachingExample.RunAsync(TestCaches.Memory(new FakeTimeProvider()), output, TestContext.Current.CancellationToken);

        found!.Values.ShouldBe([-2.1f, 0.3f, 3.7f]);
        (many, deleted).ShouldBe((2, true));
        output.ToString().ReplaceLineEndings("\n").ShouldBe(
            """
            memory prediction: 1 hits, 0 misses, 100 %
            memory feature: 2 hits, 1 misses, 66.67 %
            healthy: Redis is off; the memory works alone.
            1 entries cleared

            """);
    }

    [Fact]
    public void Example_InThePage_IsTheCompiledCode() => DocumentedExample.Check(Page);

    [Fact]
    public async Task Metrics_InThePage_AreThoseOfTheCache()
    {
        await using var provider = new ServiceCollection()
            .AddMetrics()
            .AddLogging()
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .AddSingleton(new ResilienceOptions())
            .AddResilience()
            .AddCaching(new CacheOptions(), new RedisOptions { Enabled = true })
            .BuildServiceProvider();
        _ = provider.GetRequiredService<SentimentCache>();
        var meters = provider.GetRequiredService<IMeterFactory>();
        var published = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                // The breaker's have a page of their own.
                if (ReferenceEquals(instrument.Meter.Scope, meters) && !instrument.Name.Contains("breaker"))
                {
                    published.Add(InPrometheus(instrument));
                }
            },
        };
        listener.Start();

        var page = File.ReadAllText(Path.Combine(CommittedFile.RequireRoot(), Page));
        Metric().Matches(page).Select(match => match.Value).Distinct().ShouldBe(published, ignoreOrder: true);
    }

    private static string InPrometheus(Instrument instrument) => instrument switch
    {
        Counter<long> or ObservableCounter<long> => $"{instrument.Name}_total",
        { Unit: "s" } => $"{instrument.Name}_seconds",
        _ => instrument.Name,
    };

    // The keys of the settings have capitals.
    [GeneratedRegex(@"\b(sentiment_cache|redis_cache|redis_operation|redis_connections)_[a-z_]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Metric();
}
