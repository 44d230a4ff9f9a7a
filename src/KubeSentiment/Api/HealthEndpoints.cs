using System.Diagnostics;
using KubeSentiment.Api.Contracts;
using KubeSentiment.Configuration;
using KubeSentiment.Observability;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using HealthStatus = KubeSentiment.Api.Contracts.HealthStatus;
using HealthStatusCode = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace KubeSentiment.Api;

/// <summary>Probes, and the state of each part.</summary>
internal static class HealthEndpoints
{
    public static JsonHttpResult<HealthStatus> Live(Liveness liveness) => liveness.IsLive()
        ? TypedResults.Json(new HealthStatus("alive"), ApiJson.Default.HealthStatus, statusCode: 200)
        : TypedResults.Json(new HealthStatus("stalled"), ApiJson.Default.HealthStatus, statusCode: 503);

    public static JsonHttpResult<HealthStatus> Ready(Readiness readiness) => TypedResults.Json(
        new HealthStatus(ServiceEndpoints.Word(readiness.State)), ApiJson.Default.HealthStatus, statusCode: readiness.State == ReadinessState.Ready ? 200 : 503);

    public static async Task<JsonHttpResult<HealthStatus>> Health(HealthCheckService checks, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        return TypedResults.Json(new HealthStatus(Word(report.Status)), ApiJson.Default.HealthStatus, statusCode: Status(report.Status));
    }

    public static async Task<JsonHttpResult<HealthDetails>> Details(
        HealthCheckService checks, ServiceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        using var process = Process.GetCurrentProcess();
        var details = new HealthDetails(
            Word(report.Status),
            options.AppVersion,
            options.Environment,
            Math.Round((time.GetUtcNow().UtcDateTime - process.StartTime.ToUniversalTime()).TotalSeconds, 1),
            report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new ComponentHealth(Word(entry.Value.Status), entry.Value.Description, AnswerStamp.Milliseconds(entry.Value.Duration))));
        return TypedResults.Json(details, ApiJson.Default.HealthDetails, statusCode: Status(report.Status));
    }

    /// <summary>A degraded service still answers: only an unhealthy one is 503.</summary>
    private static int Status(HealthStatusCode status) => status == HealthStatusCode.Unhealthy ? 503 : 200;

    private static string Word(HealthStatusCode status) => status switch
    {
        HealthStatusCode.Healthy => "healthy",
        HealthStatusCode.Degraded => "degraded",
        _ => "unhealthy",
    };
}
