namespace KubeSentiment.Tests.Api;

/// <summary>With no key set: who calls from this machine, and who only seems to.</summary>
public sealed class LocalCallerTests(LocalCallerTests.Listening listening) : IClassFixture<LocalCallerTests.Listening>
{
    private const string Route = "/api/v1/anomalies";

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8000")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1:8000")]
    [InlineData("[::1]")]
    [InlineData("[::1]:8000")]
    [InlineData("localhost:8000", "http://localhost:8000")]
    [InlineData("127.0.0.1:8000", "http://127.0.0.1:8000")]
    public async Task Clear_ByANameOfThisMachine_IsDone(string host, string? origin = null) => (await ClearAsync(host, origin)).ShouldBeOk();

    /// <summary>A name that leads here is not enough: whoever owns it may have it lead here for a page of his.</summary>
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example", "http://evil.example")]
    [InlineData("evil.example:8000", "http://evil.example:8000")]
    [InlineData("localhost.evil.example", "http://localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.0.1")]
    [InlineData("[::2]")]
    [InlineData("localhost", "http://evil.example")]
    [InlineData("localhost", "null")]
    public async Task Clear_ByAnotherNameOrPage_Is403(string host, string? origin = null) => (await ClearAsync(host, origin)).ShouldBeProblem(403, "E3002");

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("evil.example", false)]
    public async Task Recent_ByAName_ShowsTextsToThisMachineOnly(string host, bool shows)
    {
        await listening.Service.PostAsync("/api/v1/predict", """{"text":"qxzvk wpqjh"}""");

        var kept = (await listening.Service.GetAsync(Route, ("Host", host))).ShouldBeOk().GetProperty("anomalies")[0];

        kept.TryGetProperty("text", out _).ShouldBe(shows);
    }

    private static (string Name, string Value)[] Headers(string host, string? origin) => origin is null ? [("Host", host)] : [("Host", host), ("Origin", origin)];

    private Task<Answer> ClearAsync(string host, string? origin) =>
        listening.Service.SendAsync(new HttpRequestMessage(HttpMethod.Delete, Route), Headers(host, origin));

    /// <summary>A service at a socket: the test server's callers have no address.</summary>
    public sealed class Listening : IAsyncDisposable
    {
        public Listening()
        {
            Service.UseKestrel(0);
            Service.StartServer();
        }

        internal TestService Service { get; } = new();

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
