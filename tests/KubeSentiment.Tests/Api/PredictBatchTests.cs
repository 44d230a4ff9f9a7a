using System.Text.Json;

namespace KubeSentiment.Tests.Api;

/// <summary>Many texts at <c>/predict/batch</c>.</summary>
public sealed class PredictBatchTests(TestService service)
{
    private const string Path = "/api/v1/predict/batch";

    private static readonly string[] ResultFields =
        ["label", "score", "scores", "prediction_id", "inference_time_ms", "queue_time_ms", "stage", "text_length", "tokens", "truncated", "cached", "anomalies"];

    [Fact]
    public async Task PredictBatch_Texts_AreAnsweredInOrder()
    {
        string[] texts = [.. Enumerable.Range(0, 50).Select(i => i % 3 == 0 ? $"I love it {i}" : $"awful, broken and slow {new string('!', i)}")];

        var answer = await service.PostAsync(Path, JsonSerializer.Serialize(new { texts }));

        var batch = answer.ShouldBeOk();
        var results = batch.GetProperty("results").EnumerateArray().ToList();
        results.Select(result => result.GetProperty("text_length").GetInt32()).ShouldBe(texts.Select(text => text.Length));
        results.Select(result => result.GetProperty("label").GetString()).ShouldBe(texts.Select(text => text.StartsWith('I') ? "POSITIVE" : "NEGATIVE"));
        results.ShouldAllBe(result => result.EnumerateObject().Select(field => field.Name).SequenceEqual(ResultFields));
        results.Select(result => result.GetProperty("prediction_id").GetGuid()).Distinct().Count().ShouldBe(50);
        Counts(batch).ShouldBe((50, 50, 0));
        answer["X-Model-Backend"].ShouldBe("onnx");
        double.Parse(answer["X-Inference-Time-MS"].ShouldNotBeNull()).ShouldBe(batch.GetProperty("processing_time_ms").GetDouble());
    }

    [Fact]
    public async Task PredictBatch_BadTextsAmongGood_FailAlone()
    {
        var body = $$"""{"texts":["good","",null,"bad","{{new string('x', 10_001)}}","  "]}""";

        var batch = (await service.PostAsync(Path, body)).ShouldBeOk();

        var results = batch.GetProperty("results").EnumerateArray().ToList();
        results.Select(result => result.TryGetProperty("error", out var error) ? error.GetProperty("error_code").GetString() : "").ShouldBe(
            ["", "E1003", "E1003", "", "E1002", "E1003"]);
        results[0].GetProperty("label").GetString().ShouldBe("POSITIVE");
        results[3].GetProperty("label").GetString().ShouldBe("NEGATIVE");
        results[1].EnumerateObject().ShouldHaveSingleItem().Value.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        Counts(batch).ShouldBe((6, 2, 4));
    }

    [Fact]
    public async Task PredictBatch_AText_AnswersAsAlone()
    {
        var alone = (await service.PostAsync("/api/v1/predict", """{"text":"not bad at all"}""")).ShouldBeOk();

        var batch = (await service.PostAsync(Path, """{"texts":["meh","not bad at all","a much longer text that pads the other ones"]}""")).ShouldBeOk();

        batch.GetProperty("results")[1].GetProperty("scores").GetRawText().ShouldBe(alone.GetProperty("scores").GetRawText());
    }

    [Fact]
    public async Task PredictBatch_NoTexts_IsE1001() => (await service.PostAsync(Path, """{"texts":[]}"""))
        .ShouldBeProblem(422, "E1001").ShouldBlame("body/texts", "Send 1 to 1000 texts; there is none.", "length");

    [Fact]
    public async Task PredictBatch_TooManyTexts_IsE1001()
    {
        await using var small = TestService.With(("Api:MaxBatchTexts", "2"));

        (await small.PostAsync(Path, """{"texts":["a","b"]}""")).ShouldBeOk();
        (await small.PostAsync(Path, """{"texts":["a","b","c"]}"""))
            .ShouldBeProblem(422, "E1001").ShouldBlame("body/texts", "Send 1 to 2 texts; these are 3.", "length");
    }

    private static (int Total, int Succeeded, int Failed) Counts(JsonElement batch) => (
        batch.GetProperty("total_texts").GetInt32(), batch.GetProperty("succeeded").GetInt32(), batch.GetProperty("failed").GetInt32());
}
