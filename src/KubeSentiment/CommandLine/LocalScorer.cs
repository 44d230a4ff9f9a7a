using KubeSentiment.Anomalies;
using KubeSentiment.Caching;
using KubeSentiment.Caching.Redis;
using KubeSentiment.Configuration;
using KubeSentiment.Inference;
using KubeSentiment.Load;
using KubeSentiment.Observability;
using KubeSentiment.Pipeline;
using KubeSentiment.Resilience;
using Microsoft.Extensions.Logging.Console;

namespace KubeSentiment.CommandLine;

/// <summary>The main path in this process, without a server around it: the same settings, the same answers.</summary>
/// <remarks>
/// What a service needs and one caller does not is off: Redis, the review of odd predictions, the narrow gate. Answers do not depend on their batch mates
/// (<see cref="InferenceOptions.Alone"/>), for otherwise a file that was interrupted would end differently from one that was not.
/// </remarks>
internal sealed class LocalScorer : IAsyncDisposable
{
    /// <summary>
    /// Texts in hand at once: so many that the batcher finds enough of like length. It is the queue's size as well, so that no part of them is refused.
    /// </summary>
    public const int TextsInHand = 4_096;

    /// <summary>Nobody waits for a single answer, so batches may be larger than those of a service: 64 short texts run 3 to 5 % faster than 32.</summary>
    private const int BatchTokens = 1_024;

    private readonly ServiceProvider _services;
    private readonly SentimentModel _model;
    private readonly PatientPipeline _pipeline;

    private LocalScorer(ServiceProvider services)
    {
        _services = services;
        _model = services.GetRequiredService<SentimentModel>();
        _pipeline = services.GetRequiredService<PatientPipeline>();
        services.GetRequiredService<Readiness>().BecomeReady();
    }

    public IReadOnlyList<string> Labels => _model.Folder.Labels;

    public string ModelName => _model.Folder.Name;

    /// <summary>See <see cref="ModelFingerprint"/>.</summary>
    public string Fingerprint => _model.Fingerprint;

    /// <summary>Whether the folder has a fast model, on or off.</summary>
    public bool HasTwoSpeeds => _model.Folder.FastPath is not null;

    /// <summary>Whether the fast model answers what it is sure of.</summary>
    public bool AnswersFast => _model.Rule is not null;

    /// <summary>When the fast model's answer is enough, as it is set.</summary>
    public CascadeOptions Cascade => _services.GetRequiredService<CascadeOptions>();

    /// <summary>Longest text that is scored, in code points.</summary>
    public int MaxTextLength => _services.GetRequiredService<PipelineOptions>().MaxTextLength;

    /// <summary>Reads the settings and loads the model.</summary>
    /// <param name="model">The model's folder; null takes that of the settings.</param>
    /// <param name="choice">Which of its models answer.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    /// <exception cref="ModelFolderException">The model cannot be loaded.</exception>
    public static LocalScorer Start(string? model, ModelChoice choice = ModelChoice.AsSet)
    {
        var services = new ServiceCollection();
        var settings = services.AddSettings(ReadFiles());
        var inference = settings.Get<InferenceOptions>();
        inference.OnnxModelPath = model ?? inference.OnnxModelPath;
        inference.QueueSize = TextsInHand;
        inference.BatchTokens = Math.Max(inference.BatchTokens, BatchTokens);
        inference.Alone = true;
        settings.Get<LoadOptions>().MaxConcurrentRequests = 2 * TextsInHand;
        settings.Get<AnomalyOptions>().Enabled = false;
        var redis = settings.Get<RedisOptions>();
        redis.Enabled = false;
        if (choice != ModelChoice.AsSet)
        {
            Choose(choice, settings.Get<CascadeOptions>());
            settings.Get<CacheOptions>().Enabled = false;
        }

        var service = settings.Get<ServiceOptions>();
        service.LogLevel = service.LogLevel > LogLevel.Warning ? service.LogLevel : LogLevel.Warning;
        services.AddLogging(logging => logging.AddServiceLogging(service));
        // Standard output is for data.
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        services.AddInference(inference, settings.Get<CascadeOptions>());
        services.AddObservability(settings.Get<ObservabilityOptions>(), service);
        services.AddResilience();
        services.AddCaching(settings.Get<CacheOptions>(), redis);
        services.AddAnomalies();
        services.AddLoad();
        services.AddPipeline();

        var provider = services.BuildServiceProvider();
        if (choice == ModelChoice.AsSet)
        {
            // The others start beside this one, which has said it.
            settings.LogWarnings(provider.GetRequiredService<ILogger<LocalScorer>>());
        }

        return new LocalScorer(provider);
    }

    /// <summary>Scores texts.</summary>
    /// <returns>One outcome a text, in order: Predicted, Rejected or Failed.</returns>
    public Task<PredictionOutcome[]> ScoreAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        _pipeline.PredictAsync(texts, nameOf: null, cancellationToken);

    /// <summary>Why a text has no prediction.</summary>
    public string? FaultOf(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Predicted => null,
        PredictionOutcome.Rejected { Fault: TextFault.Empty } => "empty text",
        PredictionOutcome.Rejected => $"longer than {MaxTextLength} characters",
        PredictionOutcome.Failed { Cause: var cause } => $"the model failed: {cause.Message.Split('\n')[0].Trim()}",
        _ => "not scored",
    };

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>The files that the service reads, too; see <see cref="ServiceHost"/>.</summary>
    /// <exception cref="SettingsException">One is damaged.</exception>
    private static IConfigurationRoot ReadFiles()
    {
        // In this order, as the service's host has it.
        var environment = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production;
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
                .AddJsonFile($"appsettings.{environment}.json", optional: true, reloadOnChange: false)
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException([.. StartFailure.Explain(e)!]);
        }
    }

    private static void Choose(ModelChoice choice, CascadeOptions cascade)
    {
        cascade.Enabled = choice == ModelChoice.FastAlone;
        cascade.Threshold = 0;
        cascade.MaxTokens = 0;
        cascade.Floor = null;
    }
}
