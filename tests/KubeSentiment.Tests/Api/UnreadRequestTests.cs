using System.Text;
using KubeSentiment.Load;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>Where there is no room and memory would not help, a request is refused before it is read: what it says is not looked at.</summary>
public sealed class UnreadRequestTests
{
    private const string Predict = "/api/v1/predict";
    private const string Broken = "{";
    private const string Good = """{"text":"good"}""";

    [Fact]
    public async Task Predict_NoRoomAndNoCache_IsRefusedUnread()
    {
        await using var service = OfOnePlace(("Caching:Enabled", "false"));
        using var place = await TakeAsync(service);

        var refused = await service.PostAsync(Predict, Broken, ("X-Correlation-ID", "mine"));

        refused.ShouldBeProblem(503, "E4005")["Retry-After"].ShouldBe("1");
        refused["X-Correlation-ID"].ShouldBe("mine");
        refused.Json.GetProperty("correlation_id").GetString().ShouldBe("mine");
        (await service.PostAsync(Predict, Good)).ShouldBeProblem(503, "E4005").Text.ShouldContain("As many texts wait for the model as may");
        var scrape = (await service.GetAsync("/metrics")).Text;
        scrape.ShouldContain("""sentiment_request_duration_seconds_count{method="POST",route="/api/v1/predict",status="503"}""");
        scrape.ShouldContain("""sentiment_texts_total{outcome="refused"}""");
        scrape.ShouldContain("""sentiment_admission_refused_total{reason="queue_full"}""");
    }

    [Fact]
    public async Task Predict_RoomAgain_IsAnswered()
    {
        await using var service = OfOnePlace(("Caching:Enabled", "false"));
        using (await TakeAsync(service))
        {
            (await service.PostAsync(Predict, Good)).ShouldBeProblem(503, "E4005");
        }

        (await service.PostAsync(Predict, Good)).ShouldBeOk();
        (await service.PostAsync(Predict, Broken)).ShouldBeProblem(400, "E1001");
    }

    [Fact]
    public async Task Predict_NoRoomButMemoryMayKnow_IsRead()
    {
        await using var service = OfOnePlace();
        (await service.PostAsync(Predict, Good)).ShouldBeOk();
        using var place = await TakeAsync(service);

        (await service.PostAsync(Predict, Good)).ShouldBeOk();
        (await service.PostAsync(Predict, Broken)).ShouldBeProblem(400, "E1001");
        (await service.PostAsync(Predict, """{"text":"never heard"}""")).ShouldBeProblem(503, "E4005");
    }

    [Fact]
    public async Task Predict_NoRoomAndNoKey_Is401()
    {
        await using var service = OfOnePlace(("Caching:Enabled", "false"), ("Api:ApiKey", "key"));
        using var place = await TakeAsync(service);

        (await service.PostAsync(Predict, Broken)).ShouldBeProblem(401, "E3001");
        (await service.PostAsync(Predict, Broken, ("X-API-Key", "no key"))).ShouldBeProblem(401, "E3001");
        (await service.PostAsync(Predict, Broken, ("X-API-Key", "key"))).ShouldBeProblem(503, "E4005");
    }

    [Fact]
    public async Task Predict_NoRoomForAnotherSitesPage_IsRefusedInItsSight()
    {
        const string origin = "https://app.example.org";
        await using var service = OfOnePlace(("Caching:Enabled", "false"), ("Api:AllowedOrigins", origin));
        using var place = await TakeAsync(service);

        (await service.PostAsync(Predict, Good, ("Origin", origin))).ShouldBeProblem(503, "E4005")["Access-Control-Allow-Origin"].ShouldBe(origin);
    }

    [Fact]
    public async Task Other_NoRoom_IsServed()
    {
        await using var service = OfOnePlace(("Caching:Enabled", "false"));
        using var place = await TakeAsync(service);

        (await service.GetAsync(Predict)).ShouldBeProblem(405, "E1004");
        (await service.PostAsync("/api/v1/predict/batch", Broken)).ShouldBeProblem(400, "E1001");
        (await service.GetAsync("/api/v1/load")).ShouldBeOk().GetProperty("active_requests").GetInt32().ShouldBe(1);
    }

    /// <summary>Whatever the load: an unknown path is one, and those who look after the service are answered.</summary>
    [Fact]
    public async Task Ports_NoRoom_ServeWhatIsTheirs()
    {
        const int port = 9_464;
        await using var service = OfOnePlace(("Caching:Enabled", "false"), ("Observability:MetricsPort", $"{port}"));
        using var place = await TakeAsync(service);

        (await StatusAsync(service, "POST", Predict, port)).ShouldBe(404);
        (await StatusAsync(service, "GET", "/metrics", port)).ShouldBe(200);
        (await StatusAsync(service, "GET", "/ready", port)).ShouldBe(404);
        (await StatusAsync(service, "POST", Predict)).ShouldBe(503);
        (await StatusAsync(service, "GET", "/live")).ShouldBe(200);
        (await StatusAsync(service, "GET", "/ready")).ShouldBe(200);
        (await StatusAsync(service, "GET", "/metrics")).ShouldBe(404);
    }

    private static async Task<int> StatusAsync(TestService service, string method, string path, int port = 8_000)
    {
        var answered = await service.Server.SendAsync(
            context =>
            {
                (context.Request.Method, context.Request.Path, context.Connection.LocalPort) = (method, path, port);
                (context.Request.ContentType, context.Request.ContentLength) = ("application/json", Good.Length);
                context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Good));
            },
            TestContext.Current.CancellationToken);
        return answered.Response.StatusCode;
    }

    private static TestService OfOnePlace(params ReadOnlySpan<(string Name, string Value)> settings) =>
        TestService.With(settings).Set(("Load:MaxConcurrentRequests", "1"), ("Load:MaxQueueSize", "0"));

    private static async Task<Admission> TakeAsync(TestService service) =>
        await service.Services.GetRequiredService<AdmissionController>().TryEnterAsync(1, TestContext.Current.CancellationToken);
}
