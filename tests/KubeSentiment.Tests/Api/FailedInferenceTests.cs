using KubeSentiment.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSentiment.Tests.Api;

/// <summary>What callers, metrics and logs see when the model breaks on a text.</summary>
public sealed class FailedInferenceTests
{
    [Fact]
    public async Task Predict_TheModelBreaks_FailsThatTextAloneAndLogsWhy()
    {
        using var model = new BreakableModel();
        using var logs = new CapturedLogs();
        await using var service = new TestService { Replace = services => services.AddSingleton<ILoggerProvider>(logs) }
            .Set(("Inference:OnnxModelPath", model.Folder));

        var answer = await service.PostAsync("/api/v1/predict", $$"""{"text":"{{BreakableModel.Word}}"}""", ("X-Correlation-ID", "single"));
        answer.ShouldBeProblem(500, "E2002");
        logs.Lines.ShouldContain(line => line.Contains("Request single: the model failed on 1 of 1 texts"));

        var batch = await service.PostAsync(
            "/api/v1/predict/batch", $$"""{"texts":["good","{{BreakableModel.Word}}","bad","{{BreakableModel.Word}}"]}""", ("X-Correlation-ID", "batch"));
        batch.ShouldBeOk().GetProperty("results").EnumerateArray().Select(result => result.TryGetProperty("error", out var error)
            ? error.GetProperty("error_code").GetString()
            : "").ShouldBe(["", "E2002", "", "E2002"]);
        logs.Lines.ShouldContain(line => line.Contains("Request batch: the model failed on 2 of 4 texts"));

        (await service.GetAsync("/metrics")).Text.ShouldContain(MetricNames.InferenceErrors);
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).ShouldBeOk();
    }
}
