using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Loads the model and registers it.</summary>
internal static class InferenceServices
{
    /// <summary>Opens the model folder now; the graph is loaded when the host starts.</summary>
    /// <exception cref="ModelFolderException">The model cannot be served; found here, before anything listens.</exception>
    public static IServiceCollection AddInference(this IServiceCollection services, InferenceOptions options)
    {
        var folder = ModelFolder.Open(options.OnnxModelPath, options.ModelName);
        services.AddSingleton(folder);
        services.AddSingleton(provider => new SentimentModel(
            folder, options, provider.GetRequiredService<BatcherMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<WarmUpService>();
        services.AddHealthChecks().AddCheck<ModelHealthCheck>("model");
        return services;
    }
}
