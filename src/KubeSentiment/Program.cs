using System.Globalization;
using KubeSentiment;
using KubeSentiment.Anomalies;
using KubeSentiment.Api;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.CommandLine;
using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using KubeSentiment.Jobs;
using KubeSentiment.Load;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;

using var stop = new StopSignal();

// Numbers and dates are for programs: they read the same on every machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

try
{
    if (ServeCommand.ArgumentsIn(args) is not { } serviceArgs)
    {
        return await CommandLineProgram.RunAsync(args, stop.Token);
    }

    var builder = ServiceHost.CreateBuilder(serviceArgs);
    var settings = builder.Services.AddSettings(builder.Configuration);
    var service = settings.Get<ServiceOptions>();

    builder.Services.AddInference(settings.Get<InferenceOptions>(), settings.Get<CascadeOptions>());
    builder.Logging.AddServiceLogging(service);
    builder.Services.AddObservability(settings.Get<ObservabilityOptions>(), service);
    builder.Services.AddResilience();
    builder.Services.AddCaching(settings.Get<CacheOptions>(), settings.Get<RedisOptions>());
    builder.Services.AddAnomalies();
    builder.Services.AddLoad();
    builder.Services.AddPipeline();
    builder.Services.AddStreaming(settings.Get<KafkaOptions>());
    builder.Services.AddJobs(settings.Get<JobOptions>(), settings.Get<RedisOptions>());
    builder.AddApi(settings.Get<ApiOptions>(), service, settings.Get<ObservabilityOptions>());

    var app = builder.Build();
    settings.LogWarnings(app.Logger);
    app.UseSentimentApi();
    app.MapSentimentApi();
    return await ServiceHost.RunAsync(app, stop.Token);
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    // Asked to stop while it started: the replica was never ready, so nobody waits for an answer.
    return 0;
}
catch (Exception e) when (e is not HostAbortedException)
{
    return StartFailure.Report(e);
}
