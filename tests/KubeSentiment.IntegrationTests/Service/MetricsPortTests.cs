using KubeSentiment.IntegrationTests.Servers;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Metrics on a port of their own are not on the port that the public reaches.</summary>
public sealed class MetricsPortTests
{
    [Fact]
    public async Task Metrics_WithAPortOfTheirOwn_AreServedThereAlone()
    {
        var port = FreePort.Next();
        await using var service = await ServiceProcess.StartAsync(("MLOPS_METRICS_PORT", port.ToString()));
        var metrics = new Uri($"http://127.0.0.1:{port}");

        (await StatusAsync(service, new Uri(metrics, "/metrics"))).ShouldBe(200);
        (await StatusAsync(service, new Uri(metrics, "/api/v1/metrics"))).ShouldBe(200);
        (await StatusAsync(service, new Uri(metrics, "/ready"))).ShouldBe(404);
        (await StatusAsync(service, new Uri(metrics, "/api/v1/model-info"))).ShouldBe(404);
        (await StatusAsync(service, new Uri(service.Client.BaseAddress!, "/metrics"))).ShouldBe(404);
        (await StatusAsync(service, new Uri(service.Client.BaseAddress!, "/api/v1/metrics"))).ShouldBe(404);

        // Naming the other port in the request does not help.
        (await StatusAsync(service, new Uri(service.Client.BaseAddress!, "/metrics"), host: metrics.Authority)).ShouldBe(404);
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Metrics_OnTheServicesOwnPort_AreServedBesideTheRest()
    {
        var port = FreePort.Next().ToString();
        await using var service = await ServiceProcess.StartAsync(("MLOPS_PORT", port), ("MLOPS_METRICS_PORT", port));

        ((int)await service.StatusAsync("/metrics")).ShouldBe(200);
        ((int)await service.StatusAsync("/live")).ShouldBe(200);
    }

    private static async Task<int> StatusAsync(ServiceProcess service, Uri address, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = host;
        using var response = await service.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
