using System.Diagnostics.Metrics;

namespace KubeSentiment.Load;

/// <summary>Registers the gate, the figures of the load and the advice.</summary>
internal static class LoadServices
{
    public static IServiceCollection AddLoad(this IServiceCollection services) => services
        .AddSingleton<AdmissionMetrics>()
        .AddSingleton(provider => new AdmissionController(
            provider.GetRequiredService<LoadOptions>(),
            // The cgroup quota in whole cores, at least 1.
            Environment.ProcessorCount,
            provider.GetRequiredService<AdmissionMetrics>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new LoadMetrics(
            provider.GetRequiredService<AdmissionController>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ScalingAdvisor>()
        .AddSingleton<IUsageReader>(provider => new UsageReader(
            UsageReader.ControlGroups,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UsageReader>>()))
        .AddSingleton(provider => new LoadMonitor(
            provider.GetRequiredService<LoadMetrics>(),
            provider.GetRequiredService<AdmissionController>(),
            provider.GetRequiredService<ScalingAdvisor>(),
            provider.GetRequiredService<IUsageReader>(),
            provider.GetRequiredService<IMeterFactory>()))
        .AddHostedService<LoadSampler>();
}
