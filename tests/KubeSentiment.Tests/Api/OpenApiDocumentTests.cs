using System.Text.Json;
using KubeSentiment.Api;

namespace KubeSentiment.Tests.Api;

/// <summary>The OpenAPI document: what is committed, what is served, and what it must hold.</summary>
public sealed class OpenApiDocumentTests(TestService service)
{
    private static readonly Dictionary<string, string[]> Routes = new()
    {
        ["/"] = ["get"],
        ["/live"] = ["get", "head"],
        ["/ready"] = ["get", "head"],
        ["/health"] = ["get", "head"],
        ["/metrics"] = ["get", "head"],
        ["/api/v1/predict"] = ["post"],
        ["/api/v1/predict/batch"] = ["post"],
        ["/api/v1/features"] = ["post"],
        ["/api/v1/model-info"] = ["get"],
        ["/api/v1/anomalies"] = ["delete", "get"],
        ["/api/v1/anomalies/stats"] = ["get"],
        ["/api/v1/anomalies/{id}"] = ["get"],
        ["/api/v1/cache"] = ["delete"],
        ["/api/v1/load"] = ["get"],
        ["/api/v1/load/hpa"] = ["get"],
        ["/api/v1/load/circuit-breakers"] = ["get"],
        ["/api/v1/load/circuit-breakers/{name}/reset"] = ["post"],
        ["/api/v1/cache/stats"] = ["get"],
        ["/api/v1/cache/health"] = ["get"],
        ["/api/v1/cache/warm"] = ["post"],
        ["/api/v1/kafka/consumer"] = ["get"],
        ["/api/v1/kafka-metrics"] = ["get"],
        ["/api/v1/feedback"] = ["post"],
        ["/api/v1/batch/predict"] = ["post"],
        ["/api/v1/batch/status/{id}"] = ["get"],
        ["/api/v1/batch/results/{id}"] = ["get"],
        ["/api/v1/batch/jobs/{id}"] = ["delete"],
        ["/api/v1/batch/metrics"] = ["get"],
        ["/api/v1/batch/queue/status"] = ["get"],
        ["/api/v1/health/details"] = ["get"],
    };

    [Fact]
    public async Task Document_AsServed_IsTheCommittedFile() => CommittedFile.ShouldBe("docs/openapi.json", (await DocumentTextAsync()) + "\n");

    [Fact]
    public async Task Paths_OfTheDocument_AreTheRoutes()
    {
        var paths = (await DocumentAsync()).GetProperty("paths").EnumerateObject().ToDictionary(
            path => path.Name, path => path.Value.EnumerateObject().Select(operation => operation.Name).Order().ToArray());

        paths.Keys.Order().ShouldBe(Routes.Keys.Order());
        Routes.ShouldAllBe(route => paths[route.Key].SequenceEqual(route.Value));
    }

    [Fact]
    public async Task References_OfTheDocument_Resolve()
    {
        var document = await DocumentAsync();

        foreach (var reference in References(document).Distinct())
        {
            reference.ShouldStartWith("#/");
            reference[2..].Split('/').Aggregate(document, (at, step) => at.GetProperty(step)).ValueKind.ShouldBe(JsonValueKind.Object);
        }
    }

    [Fact]
    public async Task Operations_OfTheDocument_HaveASummaryAndATagForReaders()
    {
        foreach (var (_, operation) in Operations(await DocumentAsync()))
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            operation.GetProperty("tags").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBeOneOf("Service", "Probes", "Predictions", "Model", "Anomalies", "Cache", "Load", "Kafka", "Jobs");
        }
    }

    [Fact]
    public async Task Errors_OfTheDocument_AreProblems()
    {
        foreach (var (path, operation) in Operations(await DocumentAsync()).Where(operation => operation.Path.StartsWith(ApiRoutes.Prefix, StringComparison.Ordinal)))
        {
            foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] is '4' or '5'))
            {
                // The state of the parts is worth more to the caller than a problem.
                var contentType = path.EndsWith("/health/details", StringComparison.Ordinal) && response.Name == "503" ? "application/json" : ProblemResult.ContentType;
                response.Value.GetProperty("content").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(contentType, $"{path} {response.Name}");
            }
        }
    }

    [Fact]
    public async Task Bodies_OfTheDocument_AreJsonWithASchema()
    {
        var posts = Operations(await DocumentAsync()).Where(operation => operation.Operation.TryGetProperty("requestBody", out _)).ToList();

        posts.Count.ShouldBe(6);
        foreach (var (path, operation) in posts)
        {
            var content = operation.GetProperty("requestBody").GetProperty("content").EnumerateObject().ToList();
            string[] types = path.EndsWith("/batch/predict", StringComparison.Ordinal) ? ["application/json", "application/x-ndjson"] : ["application/json"];
            content.Select(type => type.Name).ShouldBe(types);
            content[0].Value.GetProperty("schema").GetProperty("$ref").GetString().ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task Operations_OfTheDocument_HaveNamesOfTheirOwnForGeneratedClients()
    {
        var names = Operations(await DocumentAsync()).Select(operation => operation.Operation.GetProperty("operationId").GetString()).ToList();

        names.ShouldBeUnique();
        names.ShouldContain("live");
        names.ShouldContain("live_head");
    }

    [Fact]
    public async Task Answers_ToHead_HaveNoBodyInTheDocument()
    {
        var heads = Operations(await DocumentAsync())
            .Where(operation => operation.Operation.GetProperty("operationId").GetString()!.EndsWith("_head", StringComparison.Ordinal)).ToList();

        heads.Count.ShouldBe(4);
        heads.SelectMany(head => head.Operation.GetProperty("responses").EnumerateObject()).ShouldAllBe(response => !HasMember(response.Value, "content"));
    }

    [Fact]
    public async Task Headers_OfTheDocument_AreThoseThatClientsNeed()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");

        Headers("/api/v1/batch/predict", "post", "202").ShouldBe(["X-Correlation-ID", "Location"]);
        Headers("/api/v1/batch/predict", "post", "503").ShouldBe(["X-Correlation-ID", "Retry-After"]);
        Headers("/api/v1/batch/results/{id}", "get", "409").ShouldBe(["X-Correlation-ID", "Retry-After"]);
        Headers("/api/v1/predict", "post", "200").ShouldBe(["X-Correlation-ID", "X-Inference-Time-MS", "X-Model-Backend"]);
        // A probe says no more than its state.
        Headers("/ready", "get", "503").ShouldBe(["X-Correlation-ID"]);

        IEnumerable<string> Headers(string path, string method, string status) =>
            paths.GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status).GetProperty("headers").EnumerateObject().Select(header => header.Name);
    }

    [Theory]
    [InlineData("PredictResponse")]
    [InlineData("PredictBatchResult")]
    [InlineData("FeaturesResponse")]
    public async Task Cached_InTheDocument_HasNoTypeThatAGeneratorCouldHalfUnderstand(string contract)
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");
        var cached = schemas.GetProperty(contract).GetProperty("properties").GetProperty("cached");

        cached.EnumerateObject().Select(member => member.Name).ShouldBe(["description", "examples"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("/api/v1/anomalies", "limit", 1, 1_000)]
    [InlineData("/api/v1/batch/results/{id}", "page_size", 1, 1_000)]
    public async Task Parameters_OfTheDocument_HaveTheirRanges(string path, string name, int least, int most)
    {
        var parameters = (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("parameters").EnumerateArray();
        var schema = parameters.Single(parameter => parameter.GetProperty("name").GetString() == name).GetProperty("schema");

        (schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32()).ShouldBe((least, most));
    }

    [Fact]
    public async Task Security_OfTheDocument_AsksForTheKeyWhereTheServiceDoes()
    {
        foreach (var (path, operation) in Operations(await DocumentAsync()))
        {
            operation.TryGetProperty("security", out _).ShouldBe(path.StartsWith(ApiRoutes.Prefix, StringComparison.Ordinal), path);
        }
    }

    [Fact]
    public async Task Description_OfTheDocument_ExplainsEveryErrorUnderTheHeadingThatProblemsPointTo()
    {
        var description = (await DocumentAsync()).GetProperty("info").GetProperty("description").GetString().ShouldNotBeNull();

        foreach (var error in ApiError.All)
        {
            description.ShouldContain($"\n## {error.Code}\n");
            description.ShouldContain($"- **{error.Status} {error.Title}.** {error.When} {error.Remedy}\n");
            error.Explanation.ShouldBe($"/docs#description/{error.Code.ToLowerInvariant()}");
        }
    }

    private static IEnumerable<(string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Value);

    private static bool HasMember(JsonElement element, string name) => element.TryGetProperty(name, out _);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private async Task<string> DocumentTextAsync()
    {
        var answer = await service.GetAsync("/openapi/v1.json");
        answer.Status.ShouldBe(200);
        return answer.Text.ReplaceLineEndings("\n").TrimEnd();
    }

    private async Task<JsonElement> DocumentAsync() => JsonDocument.Parse(await DocumentTextAsync()).RootElement;
}
