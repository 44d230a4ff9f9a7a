using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Api;

/// <summary>What users write is nobody's business: it must not come into any log line, however the request ends.</summary>
public sealed class LogPrivacyTests
{
    private const string Marker = "xyzzysecret";

    [Fact]
    public async Task Log_AtTheFinestLevel_HoldsNoUserText()
    {
        using var model = new BreakableModel();
        using var logs = new CapturedLogs();
        await using var service = new TestService { Replace = services => services.AddSingleton<ILoggerProvider>(logs) }
            .Set(("Service:LogLevel", "TRACE"), ("Inference:OnnxModelPath", model.Folder));

        var statuses = new List<int>();
        foreach (var (path, body, contentType) in Requests())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            statuses.Add((await service.SendAsync(request)).Status);
        }

        // The paths of failure are only proven silent if they were walked.
        statuses.Distinct().Order().ShouldBe([200, 400, 415, 422, 500, 501]);
        logs.Lines.Count.ShouldBeGreaterThan(statuses.Count);
        logs.Lines.ShouldNotContain(line => line.Contains(Marker, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("INFO", false, false)]
    [InlineData("DEBUG", false, true)]
    [InlineData("TRACE", false, true)]
    [InlineData("ERROR", true, true)]
    public async Task Log_OfRequests_IsThereForDevelopersAndHoldsNoWordsOfCallers(string level, bool debug, bool expected)
    {
        using var logs = new CapturedLogs();
        await using var service = new TestService { Replace = services => services.AddSingleton<ILoggerProvider>(logs) }
            .Set(("Service:LogLevel", level), ("Service:Debug", $"{debug}"));

        (await service.PostAsync($"/api/v1/predict?text={Marker}", Text($"I love {Marker}"), ("X-Correlation-ID", "call-1"))).ShouldBeOk();
        (await service.GetAsync($"/api/v1/anomalies/{Marker}")).Status.ShouldBe(404);
        (await service.GetAsync($"/{Marker}")).Status.ShouldBe(404);
        (await service.GetAsync($"/api/v1/anomalies?limit={Marker}")).Status.ShouldBe(422);

        logs.Lines.Any(line => line.Contains("Request call-1: POST /api/v1/predict was answered with 200", StringComparison.Ordinal)).ShouldBe(expected);
        logs.Lines.ShouldNotContain(line => line.Contains(Marker, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<(string Path, string Body, string ContentType)> Requests()
    {
        string[] bodies =
        [
            Text($"I love {Marker}"),
            Text($"{Marker} {BreakableModel.Word}"),
            Text(Marker + new string('x', 10_000)),
            Texts(Marker, "", $"{Marker} {BreakableModel.Word}"),
            $$"""{"text":["{{Marker}}"]}""",
            $$"""{"text":"{{Marker}}""",
            $$"""{"text":"{{Marker}}\ud83d"}""",
            $$"""{"texts":"{{Marker}}"}""",
            $$"""{"texts":[{"{{Marker}}":1}]}""",
            $$"""{"{{Marker}}":"x"}""",
            $"\"{Marker}\"",
            Marker,
        ];
        return from path in (string[])["/api/v1/predict", "/api/v1/predict/batch", "/api/v1/features"]
               from body in bodies
               from contentType in (string[])["application/json", "text/plain"]
               select (path, body, contentType);
    }

    private static string Text(string text) => JsonSerializer.Serialize(new { text });

    private static string Texts(params string[] texts) => JsonSerializer.Serialize(new { texts });
}
