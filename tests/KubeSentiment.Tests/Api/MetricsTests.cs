using System.Reflection;
using System.Text.RegularExpressions;
using KubeSentiment.Observability;

namespace KubeSentiment.Tests.Api;

/// <summary>The scrape holds every metric that the service names, and none that it does not.</summary>
public sealed partial class MetricsTests
{
    private const string Prefix = "sentiment_";

    /// <summary>These come with the first event of their kind: somebody waits.</summary>
    private static readonly string[] OfEvents = [MetricNames.AdmissionWait];

    [Fact]
    public async Task Metrics_AfterTraffic_AreTheNamedOnes()
    {
        using var model = new BreakableModel();
        await using var service = TestService.With(("Inference:OnnxModelPath", model.Folder));
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).ShouldBeOk();
        (await service.PostAsync("/api/v1/predict", $$"""{"text":"{{BreakableModel.Word}}"}""")).ShouldBeProblem(500, "E2002");
        await service.UntilAsync((await service.SubmitAsync("good")).ShouldBeAccepted(), "completed");

        // A job is counted after its end can be seen, its duration last.
        var scrape = await AskingAgain.UntilAsync(async () => (await service.GetAsync("/metrics")).Text, text => text.Contains(MetricNames.JobChunkDuration, StringComparison.Ordinal));

        var families = Families().Matches(scrape).Select(match => match.Groups["name"].Value).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        // Other services in this process publish under the same names: their events may or may not be here.
        families.Select(Instrument).Except(OfEvents).Order().ShouldBe(Names().Except(OfEvents).Order());
    }

    /// <summary>Prometheus sees no growth in a series that begins with its first event.</summary>
    [Theory]
    [InlineData("""sentiment_admission_refused_total{reason="queue_full"}""")]
    [InlineData("""sentiment_circuit_breaker_transitions_total{name="model",state="open"}""")]
    [InlineData("""sentiment_jobs_submitted_total{priority="high"}""")]
    [InlineData("""sentiment_jobs_refused_total{reason="bytes"}""")]
    [InlineData("""sentiment_jobs_ended_total{state="expired"}""")]
    public async Task Metrics_BeforeTheFirstEvent_HaveItsCounter(string series)
    {
        await using var service = new TestService();

        (await service.GetAsync("/metrics")).Text.ShouldContain(series);
    }

    [Fact]
    public async Task Metrics_OfRequests_AreLabelledByRouteNotPath()
    {
        await using var service = new TestService();
        await service.GetAsync("/no/such/path/unheard-of");
        await service.SendAsync(new HttpRequestMessage(new HttpMethod("BREW"), "/live"));
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).ShouldBeOk();

        var scrape = (await service.GetAsync("/metrics")).Text;

        scrape.ShouldContain("""sentiment_request_duration_seconds_count{method="POST",route="/api/v1/predict",status="200"}""");
        scrape.ShouldContain("""sentiment_request_duration_seconds_count{method="other",route="none",status="405"}""");
        scrape.ShouldContain("""sentiment_predictions_total{label="POSITIVE",source="model"}""");
        scrape.ShouldContain("""sentiment_texts_total{outcome="predicted"}""");
        scrape.ShouldNotContain("unheard-of");
        scrape.ShouldNotContain("BREW");
    }

    /// <summary>The name of the instrument behind a Prometheus family: without the unit and the ending of counters.</summary>
    private static string Instrument(string family) => UnitOrTotal().Replace(family, "");

    private static IEnumerable<string> Names() => typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (string)field.GetRawConstantValue()!)
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    [GeneratedRegex(@"^# TYPE (?<name>\S+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Families();

    [GeneratedRegex("(_seconds)?(_total)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnitOrTotal();
}
