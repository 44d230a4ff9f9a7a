using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace KubeSentiment.Tests.Api;

/// <summary>A service that starts, is full, or is on its way out.</summary>
public sealed class RefusalTests
{
    private const string Predict = "/api/v1/predict";
    private const string Batch = "/api/v1/predict/batch";

    [Fact]
    public async Task Predict_WhileTheServiceStarts_IsE2001WithRetryAfter()
    {
        // Without the warm-up nothing ever says that the model is ready.
        await using var starting = new TestService
        {
            Replace = services => services.Remove(services.Single(service => service.ImplementationType == typeof(WarmUpService))),
        };

        var answer = await starting.PostAsync(Predict, """{"text":"good"}""");
        answer.ShouldBeProblem(503, "E2001")["Retry-After"].ShouldBe("1");
        (await starting.PostAsync(Batch, """{"texts":["good","bad"]}""")).ShouldBeProblem(503, "E2001")["Retry-After"].ShouldBe("1");
        (await starting.PostAsync("/api/v1/features", """{"text":"good"}""")).ShouldBeProblem(503, "E2001");
        (await starting.PostAsync(Predict, """{"text":""}""")).ShouldBeProblem(422, "E1003");
        await ShouldSay(starting, "/ready", 503, "starting");
        await ShouldSay(starting, "/health", 503, "unhealthy");
        await ShouldSay(starting, "/api/v1/health/details", 503, "unhealthy");
        await ShouldSay(starting, "/live", 200, "alive");
        await ShouldSay(starting, "/", 200, "starting");
    }

    [Fact]
    public async Task PredictBatch_MoreThanTheQueueHolds_IsE4005WithRetryAfter()
    {
        await using var small = TestService.With(("Inference:QueueSize", "2"));

        var answer = await small.PostAsync(Batch, """{"texts":["a","b","c"]}""");
        answer.ShouldBeProblem(503, "E4005")["Retry-After"].ShouldBe("1");
        (await small.PostAsync(Batch, """{"texts":["a","b"]}""")).ShouldBeOk();
    }

    [Fact]
    public async Task PredictBatch_RefusedBesideAnEmptyText_IsRefusedAsAWhole()
    {
        await using var small = TestService.With(("Inference:QueueSize", "2"));

        (await small.PostAsync(Batch, """{"texts":["","a","b","c"]}""")).ShouldBeProblem(503, "E4005")["Retry-After"].ShouldBe("1");
    }

    [Fact]
    public async Task Ready_OfADrainingService_Is503WhileRequestsAreServed()
    {
        await using var draining = new TestService();
        await ShouldSay(draining, "/ready", 200, "ready");

        draining.Services.GetRequiredService<Readiness>().Drain();

        await ShouldSay(draining, "/ready", 503, "draining");
        await ShouldSay(draining, "/api/v1/ready", 503, "draining");
        await ShouldSay(draining, "/live", 200, "alive");
        await ShouldSay(draining, "/health", 200, "healthy");
        await ShouldSay(draining, "/", 200, "draining");
        (await draining.PostAsync(Predict, """{"text":"good"}""")).ShouldBeOk();
    }

    [Fact]
    public async Task Predict_OfADrainingService_ClosesTheConnection()
    {
        await using var draining = new TestService();
        (await draining.PostAsync(Predict, """{"text":"good"}"""))["Connection"].ShouldBeNull();

        draining.Services.GetRequiredService<Readiness>().Drain();

        (await draining.PostAsync(Predict, """{"text":"good"}"""))["Connection"].ShouldBe("close");
    }

    private static async Task ShouldSay(TestService service, string path, int status, string word)
    {
        var answer = await service.GetAsync(path);
        answer.Status.ShouldBe(status, path);
        answer.Json.GetProperty("status").GetString().ShouldBe(word, path);
    }
}
