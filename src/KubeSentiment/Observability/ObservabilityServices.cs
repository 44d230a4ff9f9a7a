using KubeSentiment.Configuration;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeSentiment.Observability;

/// <summary>Registers metrics, traces, readiness and draining.</summary>
internal static class ObservabilityServices
{
    /// <summary>Meters of the runtime and the server that are published beside the service's own.</summary>
    private static readonly string[] PlatformMeters = ["System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>OpenTelemetry's name for where a service runs.</summary>
    private const string DeploymentEnvironment = "deployment.environment.name";

    public static IServiceCollection AddObservability(this IServiceCollection services, ObservabilityOptions options, ServiceOptions service)
    {
        services.AddMetrics();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Readiness>();
        services.AddSingleton<Liveness>();
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<BatcherMetrics>();
        services.AddSingleton<ModelMetrics>();
        services.AddHostedService<DrainService>();

        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(options.ServiceName, serviceVersion: service.AppVersion)
            .AddAttributes([new(DeploymentEnvironment, service.Environment)]));
        if (options.EnableMetrics)
        {
            telemetry.WithMetrics(metrics => metrics
                .AddMeter(MetricNames.Meter)
                .AddMeter(PlatformMeters)
                // A series a bucket and an address: much to store, little to learn.
                .AddView("kestrel.connection.duration", MetricStreamConfiguration.Drop)
                // Every name is the service's or the platform's own; a scope label would only make queries longer.
                .AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false));
        }

        if (options.EnableTracing)
        {
            services.AddHostedService<ExportTroubles>();
            telemetry.WithTracing(traces => traces
                .AddSource(MetricNames.Meter)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceSampleRatio)))
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(options.OtlpEndpoint!)));
        }

        return services;
    }
}
