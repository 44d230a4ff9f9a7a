using KubeSentiment.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>The routes of Kafka without Kafka; with it they are tested against a real broker.</summary>
public sealed class KafkaRouteTests(TestService service)
{
    private const string Path = "/api/v1/feedback";

    [Theory]
    [InlineData("/api/v1/kafka/consumer")]
    [InlineData("/api/v1/kafka-metrics")]
    public async Task Get_KafkaOff_SaysSo(string path) => (await service.GetAsync(path)).ShouldBeProblem(503, "E6001");

    [Fact]
    public async Task Feedback_KafkaOff_SaysSo() =>
        (await service.PostAsync(Path, """{"prediction_id":"p","corrected_label":"NEUTRAL","text":"t","score":1,"user_id":"u","comments":"c"}""")).ShouldBeProblem(503, "E6001");

    [Theory]
    [InlineData("""{"corrected_label":"NEUTRAL"}""")]
    [InlineData("""{"prediction_id":"p"}""")]
    [InlineData("""{"prediction_id":"","corrected_label":"NEUTRAL"}""")]
    [InlineData("""{"prediction_id":7,"corrected_label":"NEUTRAL"}""")]
    [InlineData("""{"prediction_id":"p","corrected_label":"HAPPY"}""")]
    [InlineData("""{"prediction_id":"p","corrected_label":"NEUTRAL","score":1.5}""")]
    [InlineData("""{"prediction_id":"p","corrected_label":"NEUTRAL","score":1e999}""")]
    [InlineData("""{"prediction_id":"p","corrected_label":"NEUTRAL","score":"high"}""")]
    [InlineData("""{"prediction_id":"p","corrected_label":"NEUTRAL","comments":"\ud800"}""")]
    public async Task Feedback_FieldWrong_IsRefusedBeforeKafkaIsAsked(string body) => (await service.PostAsync(Path, body)).ShouldBeProblem(422, "E1001");

    [Fact]
    public async Task Feedback_ScoreIsNoNumber_SaysThatItMustBeOne() =>
        (await service.PostAsync(Path, """{"prediction_id":"p","corrected_label":"NEUTRAL","score":"high"}""")).ShouldBeProblem(422, "E1001")
            .Json.GetProperty("detail").GetString().ShouldBe("The value must be a number.");

    [Theory]
    [InlineData("prediction_id", 201)]
    [InlineData("user_id", 201)]
    [InlineData("text", 10_001)]
    [InlineData("comments", 10_001)]
    public async Task Feedback_FieldTooLong_IsRefused(string field, int length)
    {
        var fields = new Dictionary<string, string> { ["prediction_id"] = "p", ["corrected_label"] = "NEUTRAL", [field] = new('x', length) };

        (await service.PostAsync(Path, System.Text.Json.JsonSerializer.Serialize(fields))).ShouldBeProblem(422, "E1001");
    }

    [Fact]
    public async Task Live_PartStuck_Is503()
    {
        await using var stuck = new TestService();
        (await stuck.GetAsync("/live")).Status.ShouldBe(200);

        stuck.Services.GetRequiredService<Liveness>().Watch(() => "stuck");

        var answer = await stuck.GetAsync("/live");
        answer.Status.ShouldBe(503);
        answer.Text.ShouldBe("""{"status":"stalled"}""");
    }
}
