using System.Text.Json;

namespace KubeSentiment.Tests.Api;

/// <summary>Odd predictions in answers, and reviewed over HTTP.</summary>
public sealed class AnomalyTests(AnomalyTests.Keyed keyed) : IClassFixture<AnomalyTests.Keyed>
{
    private const string Route = "/api/v1/anomalies";
    private const string Key = "reviewer";

    [Fact]
    public async Task Predict_OrdinaryText_HasNoAnomalies() =>
        (await PostAsync("/api/v1/predict", """{"text":"I love this film"}""")).GetProperty("anomalies").GetArrayLength().ShouldBe(0);

    [Fact]
    public async Task Predict_OddText_IsSaidInTheAnswerAndReviewed()
    {
        await SendAsync(HttpMethod.Delete, Route);

        var answer = await PostAsync("/api/v1/predict", """{"text":"qxzvk wpqjh"}""", ("X-Correlation-ID", "call-1"));
        var anomalies = answer.GetProperty("anomalies");
        anomalies[0].GetProperty("type").GetString().ShouldBe("out_of_vocabulary");
        anomalies[0].GetProperty("score").GetDouble().ShouldBeInRange(0.01, 0.99);

        var id = answer.GetProperty("prediction_id").GetString();
        var kept = (await SendAsync(HttpMethod.Get, $"{Route}/{id}")).ShouldBeOk();
        kept.GetProperty("prediction_id").GetString().ShouldBe(id);
        kept.GetProperty("text").GetString().ShouldBe("qxzvk wpqjh");
        kept.GetProperty("text_length").GetInt32().ShouldBe(11);
        kept.GetProperty("source").GetString().ShouldBe("call-1/0");
        kept.GetProperty("label").GetString().ShouldBe(answer.GetProperty("label").GetString());
        kept.GetProperty("anomalies").GetRawText().ShouldBe(anomalies.GetRawText());
        (kept.GetProperty("expires_at").GetDateTimeOffset() - kept.GetProperty("detected_at").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task PredictBatch_OddTexts_AreListedNewestFirst()
    {
        await SendAsync(HttpMethod.Delete, Route);

        var results = (await PostAsync("/api/v1/predict/batch", """{"texts":["good","😀","","qxzvk zzkfd"]}""", ("X-Correlation-ID", "batch"))).GetProperty("results");
        results[0].GetProperty("anomalies").GetArrayLength().ShouldBe(0);
        results[1].GetProperty("anomalies").GetArrayLength().ShouldBeGreaterThan(0);
        results[2].TryGetProperty("anomalies", out _).ShouldBeFalse();

        Sources(await SendAsync(HttpMethod.Get, $"{Route}?type=out_of_vocabulary")).ShouldBe(["batch/3", "batch/1"]);
        Sources(await SendAsync(HttpMethod.Get, $"{Route}?limit=1&type=out_of_vocabulary")).ShouldBe(["batch/3"]);
        // One emoji is one unreadable word: less odd than two.
        Sources(await SendAsync(HttpMethod.Get, $"{Route}?type=out_of_vocabulary&min_score=0.2")).ShouldBe(["batch/3"]);
        Sources(await SendAsync(HttpMethod.Get, $"{Route}?type=truncated")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stats_AfterAnOddText_CountIt()
    {
        await SendAsync(HttpMethod.Delete, Route);
        await PostAsync("/api/v1/predict", """{"text":"zzkfd wpqjh"}""");
        await PostAsync("/api/v1/predict", """{"text":"zzkfd wpqjh"}""");

        var stats = (await SendAsync(HttpMethod.Get, $"{Route}/stats")).ShouldBeOk();

        stats.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        (stats.GetProperty("size").GetInt32(), stats.GetProperty("capacity").GetInt32()).ShouldBe((1, 10_000));
        stats.GetProperty("repeated").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        var type = stats.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == "out_of_vocabulary");
        type.GetProperty("kept").GetInt32().ShouldBe(1);
        type.GetProperty("detected").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        (await SendAsync(HttpMethod.Delete, Route)).ShouldBeOk().GetProperty("removed").GetInt32().ShouldBe(1);
        (await SendAsync(HttpMethod.Get, Route)).ShouldBeOk().GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("min_score=-0.1", "min_score")]
    [InlineData("min_score=1.1", "min_score")]
    [InlineData("min_score=NaN", "min_score")]
    [InlineData("type=odd", "type")]
    public async Task Recent_WrongParameter_Is422(string query, string parameter)
    {
        var error = (await SendAsync(HttpMethod.Get, $"{Route}?{query}")).ShouldBeProblem(422, "E1001").Json.GetProperty("validation_errors")[0];

        error.GetProperty("loc").EnumerateArray().Select(step => step.GetString()).ShouldBe(["query", parameter]);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task One_UnknownId_Is404(string id) => (await SendAsync(HttpMethod.Get, $"{Route}/{id}")).ShouldBeProblem(404, "E4010");

    [Fact]
    public async Task Anomalies_WithoutTheKey_Are401()
    {
        (await keyed.Service.GetAsync(Route)).ShouldBeProblem(401, "E3001");
        (await keyed.Service.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Route))).ShouldBeProblem(401, "E3001");
    }

    [Fact]
    public async Task Anomalies_NoKeySetAndCallerFromElsewhere_ComeWithoutTextsAndStay()
    {
        // The test server's callers have no address.
        await using var service = new TestService();
        var id = (await service.PostAsync("/api/v1/predict", """{"text":"qxzvk wpqjh"}""")).ShouldBeOk().GetProperty("prediction_id").GetString();

        var kept = (await service.GetAsync($"{Route}/{id}")).ShouldBeOk();
        kept.TryGetProperty("text", out _).ShouldBeFalse();
        kept.GetProperty("text_length").GetInt32().ShouldBe(11);
        (await service.GetAsync(Route)).ShouldBeOk().GetProperty("anomalies")[0].TryGetProperty("text", out _).ShouldBeFalse();
        (await service.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Route))).ShouldBeProblem(403, "E3002");
        (await service.GetAsync(Route)).ShouldBeOk().GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Metrics_OfAnomalies_HaveTheirNamesAndLabels()
    {
        await PostAsync("/api/v1/predict", """{"text":"qxzvk wpqjh zzkfd"}""");

        var scrape = (await keyed.Service.GetAsync("/metrics")).Text;

        foreach (var type in (string[])["high_confidence_negative", "low_confidence", "out_of_vocabulary", "truncated", "unusual_length"])
        {
            scrape.ShouldContain($$"""anomaly_detected_total{anomaly_type="{{type}}"}""");
        }

        scrape.ShouldContain("anomaly_buffer_size{} ");
        scrape.ShouldContain("""anomaly_buffer_evictions_total{eviction_reason="size_limit"}""");
        scrape.ShouldContain("""anomaly_buffer_evictions_total{eviction_reason="expired"}""");
    }

    private static IEnumerable<string?> Sources(Answer answer) =>
        answer.ShouldBeOk().GetProperty("anomalies").EnumerateArray().Select(entry => entry.GetProperty("source").GetString());

    private async Task<JsonElement> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        (await keyed.Service.PostAsync(path, body, [.. headers, ("X-API-Key", Key)])).ShouldBeOk();

    private Task<Answer> SendAsync(HttpMethod method, string path) => keyed.Service.SendAsync(new HttpRequestMessage(method, path), ("X-API-Key", Key));

    /// <summary>A service with a key and a buffer of its own, for all tests of the class.</summary>
    public sealed class Keyed : IAsyncDisposable
    {
        internal TestService Service { get; } = TestService.With(("Api:ApiKey", Key));

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
