using KubeSentiment.Api;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>A service with a key, and which routes ask for it.</summary>
public sealed class ApiKeyTests(ApiKeyTests.Keyed keyed) : IClassFixture<ApiKeyTests.Keyed>
{
    private const string Key = "right-key";
    private const string Predict = "/api/v1/predict";
    private const string Body = """{"text":"good"}""";

    [Fact]
    public async Task Predict_WithTheKey_Answers() => (await keyed.Service.PostAsync(Predict, Body, ("X-API-Key", Key))).ShouldBeOk();

    [Theory]
    [InlineData("")]
    [InlineData("wrong-key")]
    [InlineData("right-ke")]
    [InlineData("right-keyy")]
    [InlineData("RIGHT-KEY")]
    [InlineData("right-key,right-key")]
    public async Task Predict_WithAWrongKey_Is401(string key)
    {
        var answer = await keyed.Service.PostAsync(Predict, Body, ("X-API-Key", key));

        answer.ShouldBeProblem(401, "E3001")["WWW-Authenticate"].ShouldBe("ApiKey");
        answer.Text.ShouldNotContain(Key);
    }

    [Fact]
    public async Task Predict_WithTheKeyTwice_Is401() =>
        (await keyed.Service.PostAsync(Predict, Body, ("X-API-Key", Key), ("X-API-Key", Key))).ShouldBeProblem(401, "E3001");

    [Theory]
    [InlineData("POST", "/api/v1/predict")]
    [InlineData("POST", "/API/V1/Predict")]
    [InlineData("POST", "/api/v1/predict/")]
    [InlineData("POST", "/api/v1/predict/batch")]
    [InlineData("POST", "/api/v1/features")]
    [InlineData("GET", "/api/v1/model-info")]
    [InlineData("GET", "/api/v1/health/details")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v1")]
    [InlineData("DELETE", "/api/v1/predict")]
    public async Task Path_UnderThePrefixWithoutKey_Is401(string method, string path) =>
        (await keyed.Service.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).ShouldBeProblem(401, "E3001");

    [Theory]
    [InlineData("/")]
    [InlineData("/live")]
    [InlineData("/ready")]
    [InlineData("/health")]
    [InlineData("/metrics")]
    [InlineData("/api/v1/live")]
    [InlineData("/api/v1/ready")]
    [InlineData("/api/v1/health")]
    [InlineData("/api/v1/metrics")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    public async Task Path_ForProbesAndReaders_NeedsNoKey(string path) => (await keyed.Service.GetAsync(path)).Status.ShouldBe(200);

    [Fact]
    public async Task Path_UnknownOutsideThePrefix_Is404WithoutKey() => (await keyed.Service.GetAsync("/api/v2/predict")).ShouldBeProblem(404, "E1004");

    [Fact]
    public void Options_OfTheService_HoldTheKey() => keyed.Service.Services.GetRequiredService<ApiOptions>().ApiKey.ShouldBe(Key);

    /// <summary>The service with a key, for all tests of the class.</summary>
    public sealed class Keyed : IAsyncDisposable
    {
        internal TestService Service { get; } = TestService.With(("Api:ApiKey", Key));

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
