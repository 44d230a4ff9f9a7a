using KubeSentiment.Inference;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Api;

/// <summary>Routes that say what the service is and how it is.</summary>
public sealed class ServiceRouteTests(TestService service)
{
    [Fact]
    public async Task Root_OfAProgram_IsTheServicesFacts()
    {
        var answer = await service.GetAsync("/");

        var facts = answer.ShouldBeOk();
        facts.EnumerateObject().Select(field => field.Name).ShouldBe(["service", "version", "environment", "status", "docs_url", "health_url"]);
        facts.GetProperty("service").GetString().ShouldBe("KubeSentiment");
        facts.GetProperty("status").GetString().ShouldBe("ready");
        answer["Vary"].ShouldBe("Accept");
    }

    /// <summary>They are label values of metrics and names of spans, and what clients ask for has no slash at its end.</summary>
    [Fact]
    public async Task Routes_OfTheService_EndWithoutASlash()
    {
        await service.GetAsync("/live");

        var routes = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!).ToList();

        routes.ShouldContain("/api/v1/load");
        routes.Where(route => route.Length > 1 && route.EndsWith('/')).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs_url", "text/html")]
    [InlineData("health_url", "application/json")]
    public async Task Root_ItsLinks_LeadSomewhere(string link, string contentType)
    {
        var facts = (await service.GetAsync("/")).Json;

        var answer = await service.GetAsync(facts.GetProperty(link).GetString()!);

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe(contentType);
    }

    [Fact]
    public async Task Root_OfABrowser_IsThePlayground()
    {
        var answer = await service.GetAsync("/", ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("text/html");
        answer.Text.ShouldContain("/api/v1/predict");
        answer["Content-Security-Policy"].ShouldNotBeNull().ShouldContain("base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        answer["Vary"].ShouldBe("Accept");
    }

    [Theory]
    [InlineData("/live", "alive")]
    [InlineData("/ready", "ready")]
    [InlineData("/health", "healthy")]
    [InlineData("/api/v1/live", "alive")]
    [InlineData("/api/v1/ready", "ready")]
    [InlineData("/api/v1/health", "healthy")]
    public async Task Probe_OfAReadyService_Is200WithOneWord(string path, string word)
    {
        (await service.GetAsync(path)).ShouldBeOk().GetProperty("status").GetString().ShouldBe(word);

        (await service.SendAsync(new HttpRequestMessage(HttpMethod.Head, path))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    public async Task Page_AskedForItsHeaders_Is200(string path)
    {
        var answer = await service.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        (answer.Status, answer.ContentType).ShouldBe((200, (await service.GetAsync(path)).ContentType));
    }

    [Fact]
    public async Task Docs_ForReadersWhoListen_SayTheirLanguage() =>
        (await service.GetAsync("/docs")).Text.ShouldContain("<script>document.documentElement.lang = 'en'</script>");

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/api/v1/metrics")]
    public async Task Metrics_OnBothPaths_AreInPrometheusForm(string path)
    {
        var answer = await service.GetAsync(path);

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("text/plain");
        answer.Text.ShouldContain("# TYPE ");
    }

    [Fact]
    public async Task Metrics_OfAnEnvironment_NameIt()
    {
        await using var staging = TestService.With(("Service:Environment", "staging"));

        (await staging.GetAsync("/metrics")).Text.ShouldContain("""target_info{deployment_environment_name="staging",""");
    }

    [Fact]
    public async Task Metrics_TurnedOff_AreNotThere()
    {
        await using var silent = TestService.With(("Observability:EnableMetrics", "false"));

        (await silent.GetAsync("/metrics")).ShouldBeProblem(404, "E1004");
        (await silent.PostAsync("/api/v1/predict", """{"text":"good"}""")).ShouldBeOk();
    }

    [Fact]
    public async Task ModelInfo_OfTheBuiltInModel_IsItsFolders()
    {
        var model = service.Services.GetRequiredService<SentimentModel>();

        var info = (await service.GetAsync("/api/v1/model-info")).ShouldBeOk();

        info.GetProperty("model_name").GetString().ShouldBe("sentiment");
        info.GetProperty("model_version").GetString().ShouldBe(model.Fingerprint);
        info.GetProperty("model_type").GetString().ShouldBe("bert");
        info.GetProperty("backend").GetString().ShouldBe("onnx");
        info.GetProperty("labels").EnumerateArray().Select(label => label.GetString()).ShouldBe(model.Folder.Labels);
        info.GetProperty("max_tokens").GetInt32().ShouldBe(model.Folder.MaxTokens);
        info.GetProperty("embedding_size").GetInt32().ShouldBe(384);
        info.GetProperty("cascade").GetRawText().ShouldBe("""{"threshold":0.75}""");
        info.GetProperty("status").GetString().ShouldBe("ready");
    }

    [Fact]
    public async Task HealthDetails_OfAReadyService_TellOfEachPart()
    {
        var details = (await service.GetAsync("/api/v1/health/details")).ShouldBeOk();

        details.GetProperty("status").GetString().ShouldBe("healthy");
        details.GetProperty("environment").GetString().ShouldBe("production");
        details.GetProperty("uptime_seconds").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        var model = details.GetProperty("components").GetProperty("model");
        model.GetProperty("status").GetString().ShouldBe("healthy");
        model.GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("sentiment");
        model.GetProperty("duration_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Health_AskedAgainAndAgainWhileDegraded_LeavesTheLogAlone()
    {
        using var logs = new CapturedLogs();
        await using var degraded = new TestService { Replace = services => services.AddSingleton<ILoggerProvider>(logs) }
            .Set(("Service:LogLevel", "INFO"), ("Redis:Enabled", "true"), ("Redis:Host:0", "127.0.0.1"), ("Redis:Port", "1"));

        for (var i = 0; i < 20; i++)
        {
            (await degraded.GetAsync("/health")).ShouldBeOk().GetProperty("status").GetString().ShouldBe("degraded");
        }

        // What is lost is told where it is noticed.
        logs.Lines.Count(line => line.Contains("degraded", StringComparison.OrdinalIgnoreCase)).ShouldBe(0);
        logs.Lines.ShouldContain(line => line.Contains("Redis at 127.0.0.1:1 cannot be reached", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v2/predict")]
    [InlineData("/predict")]
    public async Task Path_Unknown_Is404Problem(string path) => (await service.GetAsync(path)).ShouldBeProblem(404, "E1004");

    [Theory]
    [InlineData("GET", "/api/v1/predict", "POST")]
    [InlineData("DELETE", "/api/v1/model-info", "GET")]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("POST", "/metrics", "GET, HEAD")]
    public async Task Method_ThatDoesNotFit_Is405ProblemWithAllow(string method, string path, string allowed)
    {
        var answer = await service.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        answer.ShouldBeProblem(405, "E1004");
        string.Join(", ", answer.Headers["Allow"]).ShouldBe(allowed);
    }
}
