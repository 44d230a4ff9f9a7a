using System.Diagnostics.Metrics;

namespace KubeSentiment.Resilience;

/// <summary>Registers the circuit breakers.</summary>
internal static class ResilienceServices
{
    public static IServiceCollection AddResilience(this IServiceCollection services) => services
        .AddSingleton(provider => new CircuitBreakers(
            provider.GetRequiredService<ResilienceOptions>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CircuitBreakers>>()));
}
