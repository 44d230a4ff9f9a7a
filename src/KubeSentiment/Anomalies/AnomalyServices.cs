namespace KubeSentiment.Anomalies;

/// <summary>Registers the detector and the buffer.</summary>
internal static class AnomalyServices
{
    public static IServiceCollection AddAnomalies(this IServiceCollection services) => services
        .AddSingleton<AnomalyMetrics>()
        .AddSingleton(provider => new AnomalyDetector(provider.GetRequiredService<AnomalyOptions>(), provider.GetRequiredService<AnomalyMetrics>()))
        .AddSingleton(provider => new AnomalyBuffer(
            provider.GetRequiredService<AnomalyOptions>(),
            provider.GetRequiredService<AnomalyMetrics>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddHostedService<AnomalyCleaner>();
}
