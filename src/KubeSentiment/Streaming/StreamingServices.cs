using System.Diagnostics.Metrics;
using KubeSentiment.Inference;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Streaming;

/// <summary>Registers the consumers and the feedback topic; with Kafka off, nothing at all.</summary>
internal static class StreamingServices
{
    public static IServiceCollection AddStreaming(this IServiceCollection services, KafkaOptions options)
    {
        if (!options.Enabled)
        {
            return services;
        }

        services.AddHealthChecks().AddCheck<StreamingHealthCheck>("kafka");
        return services
            .AddSingleton<KafkaIdentity>()
            .AddSingleton<KafkaClients>()
            .AddSingleton<StreamingMetrics>()
            .AddSingleton(provider => new FeedbackTopic(
                options,
                errors => provider.GetRequiredService<KafkaClients>().OpenProducer($"{provider.GetRequiredService<KafkaIdentity>().InstanceId}-feedback", options.FeedbackTimeout, errors),
                provider.GetRequiredService<Resilience.CircuitBreakers>(),
                provider.GetRequiredService<IMeterFactory>(),
                provider.GetRequiredService<ILogger<FeedbackTopic>>()))
            .AddSingleton(provider => new TopicCreation(
                options,
                provider.GetRequiredService<KafkaClients>(),
                provider.GetRequiredService<TimeProvider>(),
                new Random(),
                provider.GetRequiredService<ILogger<TopicCreation>>()))
            .AddSingleton(provider => new SentimentConsumers(
                options,
                provider.GetRequiredService<KafkaClients>(),
                provider.GetRequiredService<KafkaIdentity>(),
                provider.GetRequiredService<TopicCreation>(),
                () => new BatchPredictor(
                    provider.GetRequiredService<PatientPipeline>(),
                    provider.GetRequiredService<SentimentModel>(),
                    options,
                    provider.GetRequiredService<PipelineOptions>().MaxTextLength,
                    provider.GetRequiredService<StreamingMetrics>(),
                    provider.GetRequiredService<TimeProvider>(),
                    new Random(),
                    provider.GetRequiredService<ILogger<BatchPredictor>>()),
                provider.GetRequiredService<Resilience.CircuitBreakers>(),
                provider.GetRequiredService<StreamingMetrics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SentimentConsumer>>()))
            .AddHostedService<StreamingService>();
    }
}
