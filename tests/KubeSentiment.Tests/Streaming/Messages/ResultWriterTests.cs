using System.Text.Json;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;
using KubeSentiment.Streaming.Messages;

namespace KubeSentiment.Tests.Streaming.Messages;

/// <summary>What a result says.</summary>
public sealed class ResultWriterTests
{
    private static readonly SourcePosition Source = new("in", 3, 4_711);
    private static readonly DateTime Received = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    [Fact]
    public void Write_Request_HasEveryField()
    {
        var result = Write(new RequestMessage("text", "order \"7\"", "{\"a\": 1.50}"u8.ToArray()), AnswerSource.Model);

        result.GetRawText().ShouldBe(
            """
            {"id":"order \"7\"","source":{"topic":"in","partition":3,"offset":4711},"label":"GOOD","score":0.75,"scores":{"GOOD":0.75,"BAD":0.25},
            """ +
            """
            "model_name":"m","model_version":"v1","stage":"fast","tokens":5,"truncated":true,"cached":false,"inference_time_ms":1.5,"queue_time_ms":0.25,
            """ +
            """
            "received_at":"2026-01-02T03:04:05.678Z","processed_at":"2026-01-02T03:04:06.678Z","metadata":{"a": 1.50}}
            """);
    }

    [Fact]
    public void Write_NoIdNoMetadata_IsNamedByItsPlace()
    {
        var result = Write(new RequestMessage("text", null, default), AnswerSource.L1);

        result.GetProperty("id").GetString().ShouldBe("in/3/4711");
        result.GetProperty("cached").GetString().ShouldBe("l1");
        result.TryGetProperty("metadata", out _).ShouldBeFalse();
    }

    [Fact]
    public void Write_OneAfterTheOther_ShareNothing()
    {
        using var writer = new ResultWriter("m", "v1");
        var first = writer.Write(Source, new RequestMessage("a", "long id of the first", default), Prediction(AnswerSource.L2), Received, Received);
        var copy = first.ToArray();

        writer.Write(Source, new RequestMessage("b", "x", default), Prediction(AnswerSource.L2), Received, Received).Length.ShouldBeLessThan(first.Length);

        first.ShouldBe(copy);
    }

    private static JsonElement Write(in RequestMessage request, AnswerSource source)
    {
        using var writer = new ResultWriter("m", "v1");
        return JsonDocument.Parse(writer.Write(Source, request, Prediction(source), Received, Received.AddSeconds(1))).RootElement;
    }

    private static Prediction Prediction(AnswerSource source) => new(
        "GOOD",
        0.75f,
        new OrderedDictionary<string, float> { ["GOOD"] = 0.75f, ["BAD"] = 0.25f },
        new AnswerOrigin(source, 5, true, TimeSpan.FromMilliseconds(0.25), TimeSpan.FromMilliseconds(1.5)) { Stage = AnswerStage.Fast });
}
