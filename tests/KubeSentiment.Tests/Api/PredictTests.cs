using System.Text;
using System.Text.Json;
using KubeSentiment.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>One text at <c>/predict</c>.</summary>
public sealed class PredictTests(TestService service)
{
    private const string Path = "/api/v1/predict";

    private static readonly string[] Fields =
    [
        "label", "score", "scores", "prediction_id", "inference_time_ms", "queue_time_ms", "model_name", "model_version", "backend", "stage", "text_length", "tokens",
        "truncated", "cached", "anomalies",
    ];

    [Theory]
    [InlineData("I love this film", "POSITIVE")]
    [InlineData("This is the worst thing I ever bought", "NEGATIVE")]
    public async Task Predict_AText_AnswersItsSentiment(string text, string label)
    {
        var answer = await service.PostAsync(Path, JsonSerializer.Serialize(new { text }));

        var prediction = answer.ShouldBeOk();
        prediction.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
        prediction.GetProperty("label").GetString().ShouldBe(label);
        prediction.GetProperty("prediction_id").GetGuid().Version.ShouldBe(7);
        prediction.GetProperty("model_name").GetString().ShouldBe("sentiment");
        prediction.GetProperty("backend").GetString().ShouldBe("onnx");
        prediction.GetProperty("text_length").GetInt32().ShouldBe(text.Length);
        prediction.GetProperty("tokens").GetInt32().ShouldBeGreaterThan(2);
        prediction.GetProperty("truncated").GetBoolean().ShouldBeFalse();
        prediction.GetProperty("cached").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Predict_Scores_SumToOneAndTheLabelHasTheLargest()
    {
        var prediction = (await service.PostAsync(Path, """{"text":"It was fine, I suppose"}""")).ShouldBeOk();

        var scores = prediction.GetProperty("scores").EnumerateObject().ToDictionary(score => score.Name, score => score.Value.GetDouble());
        scores.Keys.ShouldBe(["NEGATIVE", "NEUTRAL", "POSITIVE"]);
        scores.Values.Sum().ShouldBe(1, 1e-5);
        var best = scores.MaxBy(score => score.Value);
        prediction.GetProperty("label").GetString().ShouldBe(best.Key);
        prediction.GetProperty("score").GetDouble().ShouldBe(best.Value);
    }

    [Fact]
    public async Task Predict_Headers_NameTimeAndBackend()
    {
        var answer = await service.PostAsync(Path, """{"text":"a text that no other test remembers"}""");

        answer["X-Model-Backend"].ShouldBe("onnx");
        var time = double.Parse(answer["X-Inference-Time-MS"].ShouldNotBeNull());
        time.ShouldBeGreaterThan(0);
        time.ShouldBe(answer.Json.GetProperty("inference_time_ms").GetDouble());
    }

    /// <summary>An answer without a length is sent in two pieces, and the first wakes the caller too early.</summary>
    [Theory]
    [InlineData("a text that comes once", 200)]
    [InlineData("", 422)]
    public async Task Predict_Anything_SaysTheAnswersLength(string text, int status)
    {
        var answer = await service.PostAsync(Path, JsonSerializer.Serialize(new { text }));

        answer.Status.ShouldBe(status);
        answer["Content-Length"].ShouldBe(Encoding.UTF8.GetByteCount(answer.Text).ToString());
    }

    [Fact]
    public async Task Predict_UnknownFields_AreIgnored() =>
        (await service.PostAsync(Path, """{"id":[1,{"deep":null}],"text":"good","Text":3}""")).ShouldBeOk();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\\t\\r\\n\\u2003\\u3000")]
    public async Task Predict_NoText_IsE1003(string text)
    {
        var answer = await service.PostAsync(Path, $$"""{"text":"{{text}}"}""");

        answer.ShouldBeProblem(422, "E1003").ShouldBlame("body/text", "The text is empty or only white space.", "text_empty");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("😀")]
    [InlineData("ü")]
    public async Task Predict_TextAtTheLimit_CountsCodePoints(string character)
    {
        var limit = service.Services.GetRequiredService<PipelineOptions>().MaxTextLength;
        limit.ShouldBe(10_000);

        var atLimit = await service.PostAsync(Path, $$"""{"text":"{{Repeat(character, limit)}}"}""");
        var above = await service.PostAsync(Path, $$"""{"text":"{{Repeat(character, limit + 1)}}"}""");

        atLimit.ShouldBeOk().GetProperty("text_length").GetInt32().ShouldBe(limit);
        above.ShouldBeProblem(422, "E1002").ShouldBlame("body/text", "The text may have at most 10000 characters.", "text_too_long");
    }

    [Fact]
    public async Task Predict_TextLongerThanTheModelReads_IsTruncatedAndSaysSo()
    {
        var prediction = (await service.PostAsync(Path, $$"""{"text":"{{Repeat("good ", 600)}}"}""")).ShouldBeOk();

        prediction.GetProperty("truncated").GetBoolean().ShouldBeTrue();
        prediction.GetProperty("tokens").GetInt32().ShouldBe(512);
    }

    [Fact]
    public async Task Predict_TheSameTextTwice_HasTheSameScoresUnderAnotherId()
    {
        var first = (await service.PostAsync(Path, """{"text":"a fine day"}""")).ShouldBeOk();
        var second = (await service.PostAsync(Path, """{"text":"a fine day"}""")).ShouldBeOk();

        second.GetProperty("scores").GetRawText().ShouldBe(first.GetProperty("scores").GetRawText());
        second.GetProperty("prediction_id").GetGuid().ShouldNotBe(first.GetProperty("prediction_id").GetGuid());
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
