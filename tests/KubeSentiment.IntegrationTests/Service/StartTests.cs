using System.Text.Json;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>What a process does with what it was given.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Start_UnknownVariable_WarnsWithTheNearestName()
    {
        await using var service = await ServiceProcess.StartAsync(("MLOPS_MAX_TEXT_LENTH", "5"));

        service.Output.ShouldContain(line => line.Contains("warn") && line.Contains("MLOPS_MAX_TEXT_LENTH is not a setting; did you mean MLOPS_MAX_TEXT_LENGTH?"));
    }

    [Fact]
    public async Task Start_AnotherModel_AnswersWithItsLabels()
    {
        using var model = ModelCopy.OfTinyDistilBert();
        await using var service = await ServiceProcess.StartAsync(("MLOPS_ONNX_MODEL_PATH", model.Folder), ("MLOPS_MODEL_NAME", "tiny"));

        var (status, body) = await service.PostAsync("/api/v1/predict", """{"text":"good"}""");

        status.ShouldBe(200, body);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("model_name").GetString().ShouldBe("tiny");
        json.RootElement.GetProperty("scores").EnumerateObject().Select(score => score.Name).ShouldBe(["NEGATIVE", "POSITIVE"]);
    }

    [Fact]
    public async Task Predict_LongerThanTheTimeLimit_Is504AndTheQueueIsFreeAgain()
    {
        await using var service = await ServiceProcess.StartAsync(("MLOPS_MAX_REQUEST_TIMEOUT", "1"), ("MLOPS_INFERENCE_WORKERS", "1"));

        var (status, body) = await service.PostAsync(Batches.Path, Batches.Of(texts: 1000, words: 400));

        status.ShouldBe(504, body);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("error_code").GetString().ShouldBe("E4008");
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
    }
}
