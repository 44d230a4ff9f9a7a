namespace KubeSentiment.Tests.Api;

/// <summary>Sentence vectors at <c>/features</c>.</summary>
public sealed class FeatureTests(TestService service)
{
    private const string Path = "/api/v1/features";

    private static readonly string[] Fields =
    [
        "features", "dimensions", "inference_time_ms", "queue_time_ms", "model_name", "model_version", "backend", "text_length", "tokens", "truncated", "cached",
    ];

    [Fact]
    public async Task Features_AText_AreItsVector()
    {
        var answer = await service.PostAsync(Path, """{"text":"I love this film"}""");

        var features = answer.ShouldBeOk();
        features.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
        features.GetProperty("features").GetArrayLength().ShouldBe(384);
        features.GetProperty("dimensions").GetInt32().ShouldBe(384);
        features.GetProperty("features").EnumerateArray().ShouldContain(value => Math.Abs(value.GetDouble()) > 0.01);
        answer["X-Model-Backend"].ShouldBe("onnx");
        answer["X-Inference-Time-MS"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"text":" "}""", "E1003")]
    [InlineData("""{"texts":["a"]}""", "E1001")]
    public async Task Features_NoText_IsAProblem(string body, string code) => (await service.PostAsync(Path, body)).ShouldBeProblem(422, code);

    [Fact]
    public async Task Features_OfAModelWithoutVectors_Are501()
    {
        await using var tiny = TestService.With(("Inference:OnnxModelPath", "Assets/models/tiny-distilbert-cased"));

        (await tiny.PostAsync(Path, """{"text":"I love this film"}""")).ShouldBeProblem(501, "E2003");
        (await tiny.PostAsync(Path, """{"text":" "}""")).ShouldBeProblem(422, "E1003");
        (await tiny.PostAsync("/api/v1/predict", """{"text":"I love this film"}""")).ShouldBeOk();
        (await tiny.GetAsync("/api/v1/model-info")).ShouldBeOk().TryGetProperty("embedding_size", out _).ShouldBeFalse();
    }
}
