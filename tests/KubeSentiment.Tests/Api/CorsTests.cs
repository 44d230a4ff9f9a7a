namespace KubeSentiment.Tests.Api;

/// <summary>What pages of other origins may do.</summary>
public sealed class CorsTests(TestService closed)
{
    private const string Origin = "https://app.example.org";
    private const string Predict = "/api/v1/predict";

    [Fact]
    public async Task Preflight_OfAnAllowedOrigin_IsAllowedWithoutKey()
    {
        await using var open = TestService.With(("Api:AllowedOrigins", $"https://other.example.org,{Origin}"), ("Api:ApiKey", "key"));

        var preflight = await PreflightAsync(open, Origin);
        preflight.Status.ShouldBe(204);
        preflight["Access-Control-Allow-Origin"].ShouldBe(Origin);
        preflight["Access-Control-Allow-Methods"].ShouldBe("POST");
        preflight["Access-Control-Allow-Headers"].ShouldBe("content-type,x-api-key");

        (await PreflightAsync(open, "https://evil.example.org"))["Access-Control-Allow-Origin"].ShouldBeNull();

        var answer = await open.PostAsync(Predict, """{"text":"good"}""", ("Origin", Origin), ("X-API-Key", "key"));
        answer.ShouldBeOk();
        answer["Access-Control-Allow-Origin"].ShouldBe(Origin);
        answer["Access-Control-Expose-Headers"].ShouldBe("X-Correlation-ID,X-Inference-Time-MS,X-Model-Backend,Retry-After,Location");

        // Without this, the page could not even read that its key is wrong.
        var refused = await open.PostAsync(Predict, "{}", ("Origin", Origin));
        refused.ShouldBeProblem(401, "E3001")["Access-Control-Allow-Origin"].ShouldBe(Origin);
    }

    [Fact]
    public async Task Preflight_WithEveryOriginAllowed_IsAllowed()
    {
        await using var open = TestService.With(("Api:AllowedOrigins", "*"));

        (await PreflightAsync(open, Origin))["Access-Control-Allow-Origin"].ShouldBe("*");
    }

    [Fact]
    public async Task Preflight_ByDefault_IsDenied()
    {
        (await PreflightAsync(closed, Origin))["Access-Control-Allow-Origin"].ShouldBeNull();

        var answer = await closed.PostAsync(Predict, """{"text":"good"}""", ("Origin", Origin));
        answer.ShouldBeOk();
        answer["Access-Control-Allow-Origin"].ShouldBeNull();
    }

    private static Task<Answer> PreflightAsync(TestService service, string origin) => service.SendAsync(
        new HttpRequestMessage(HttpMethod.Options, Predict),
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,x-api-key"));
}
