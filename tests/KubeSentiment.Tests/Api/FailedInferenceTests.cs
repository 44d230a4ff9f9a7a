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

    [Fact]
    public async Task Health_TheModelFailsAgainAndAgain_SaysSo()
    {
        using var model = new BreakableModel();
        await using var service = new TestService().Set(("Inference:OnnxModelPath", model.Folder), ("Resilience:FailureThreshold", "2"));
        for (var i = 0; i < 2; i++)
        {
            (await service.PostAsync("/api/v1/predict", $$"""{"text":"{{BreakableModel.Word}} {{i}}"}""")).ShouldBeProblem(500, "E2002");
        }

        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).ShouldBeProblem(503, "E4007");

        // Not unhealthy: what is remembered is answered, and a restart mends no model.
        var details = (await service.GetAsync("/api/v1/health/details")).ShouldBeOk();
        details.GetProperty("status").GetString().ShouldBe("degraded");
        details.GetProperty("components").GetProperty("model").GetProperty("message").GetString().ShouldBe("The model failed 2 times in a row: its circuit breaker is open.");
    }
}
