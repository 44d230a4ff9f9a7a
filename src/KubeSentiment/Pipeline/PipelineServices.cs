using KubeSentiment.Inference;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>Registers the main path.</summary>
internal static class PipelineServices
{
    public static IServiceCollection AddPipeline(this IServiceCollection services) => services
        .AddSingleton<PipelineMetrics>()
        .AddSingleton(provider => new SentimentPipeline(
            provider.GetRequiredService<SentimentModel>(),
            provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<PipelineMetrics>()));
}
