using KubeSentiment.Caching.Redis;
using KubeSentiment.Inference;
using KubeSentiment.Jobs.Memory;
using KubeSentiment.Jobs.Redis;
using KubeSentiment.Pipeline;

namespace KubeSentiment.Jobs;

/// <summary>Registers background jobs: in Redis where it is on, else in this process; switched off, a store that stays empty and nobody who works.</summary>
internal static class JobServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services, JobOptions options, RedisOptions redis)
    {
        if (options.Enabled && redis.Enabled)
        {
            services
                .AddSingleton(provider => new JobRedis(redis, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<JobRedis>>()))
                .AddSingleton<IJobStore, RedisJobStore>();
        }
        else
        {
            services.AddSingleton<IJobStore, MemoryJobStore>();
        }

        services
            .AddSingleton<JobMetrics>()
            .AddSingleton<JobEvents>()
            .AddSingleton<BatchJobs>()
            .AddSingleton(new UploadBudget(options.MaxBytes))
            .AddSingleton(provider => new ChunkScorer(
                provider.GetRequiredService<PatientPipeline>(),
                provider.GetRequiredService<SentimentModel>(),
                provider.GetRequiredService<JobEvents>(),
                provider.GetRequiredService<TimeProvider>(),
                new Random()))
            .AddSingleton(provider => new JobWorkers(
                provider.GetRequiredService<IJobStore>(),
                provider.GetRequiredService<ChunkScorer>(),
                provider.GetRequiredService<JobEvents>(),
                options,
                provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<TimeProvider>(),
                new Random()))
            .AddSingleton(provider =>
            {
                var sweeper = new JobSweeper(provider.GetRequiredService<IJobStore>(), provider.GetRequiredService<JobEvents>(), provider.GetRequiredService<TimeProvider>());
                provider.GetRequiredService<JobMetrics>().Observe(() => sweeper.Figures);
                return sweeper;
            });
        if (options.Enabled)
        {
            services.AddHealthChecks().AddCheck<JobHealthCheck>("jobs");
            services
                .AddHostedService(provider => provider.GetRequiredService<JobSweeper>())
                .AddHostedService(provider => provider.GetRequiredService<JobWorkers>());
        }

        return services;
    }
}
