using KubeSentiment.Anomalies;
using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Observability;
using KubeSentiment.Resilience;

namespace KubeSentiment.Pipeline;

/// <summary>Registers the main path.</summary>
internal static class PipelineServices
{
    public static IServiceCollection AddPipeline(this IServiceCollection services) => services
        .AddHealthChecks().AddCheck<ModelHealthCheck>("model").Services
        .AddSingleton<PipelineMetrics>()
        .AddSingleton(provider =>
        {
            var model = provider.GetRequiredService<SentimentModel>();
            return new AnswerShape(model.Fingerprint, model.Folder.Labels.Count, model.EmbeddingSize);
        })
        .AddSingleton(provider => new Flights(
            provider.GetRequiredService<SentimentModel>(),
            provider.GetRequiredService<CircuitBreakers>().Get(CircuitBreakers.Model),
            provider.GetRequiredService<SentimentCache>(),
            provider.GetRequiredService<AdmissionController>()))
        .AddSingleton(provider => new AnomalyInspection(
            provider.GetRequiredService<AnomalyDetector>(),
            provider.GetRequiredService<AnomalyBuffer>(),
            provider.GetRequiredService<AnomalyOptions>()))
        .AddSingleton(provider => new SentimentPipeline(
            provider.GetRequiredService<AdmissionController>(),
            provider.GetRequiredService<SentimentCache>(),
            provider.GetRequiredService<SentimentModel>(),
            provider.GetRequiredService<Flights>(),
            provider.GetRequiredService<AnomalyInspection>(),
            provider.GetRequiredService<PipelineOptions>(),
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<PipelineMetrics>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new EarlyRefusal(
            provider.GetRequiredService<AdmissionController>(),
            provider.GetRequiredService<SentimentCache>(),
            provider.GetRequiredService<Readiness>(),
            provider.GetRequiredService<PipelineMetrics>()))
        .AddSingleton(provider => new PatientPipeline(
            provider.GetRequiredService<SentimentPipeline>(), provider.GetRequiredService<TimeProvider>(), new Random()))
        .AddSingleton<WarmFile>()
        .AddHostedService<WarmUpService>();
}
