using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Loads the model and registers it.</summary>
internal static class InferenceServices
{
    /// <summary>Starts to load at once, beside the rest of the start; whoever needs the model first waits for it.</summary>
    /// <exception cref="ModelFolderException">From the host's start, before anything listens: the model cannot be served.</exception>
    public static IServiceCollection AddInference(this IServiceCollection services, InferenceOptions options, CascadeOptions cascade)
    {
        var loading = LoadedModel.LoadAsync(options, cascade);
        services.AddSingleton(provider => new SentimentModel(
            loading.GetAwaiter().GetResult(),
            options,
            provider.GetRequiredService<BatcherMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Referral>>()));
        return services;
    }
}
