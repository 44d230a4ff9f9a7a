using KubeSentiment.Caching;
using KubeSentiment.Inference;
using KubeSentiment.Observability;

namespace KubeSentiment.Pipeline;

/// <summary>Before the replica says that it is ready: runs the model a few times, and fills the cache with what is likely to be asked.</summary>
internal sealed partial class WarmUpService(
    SentimentModel model,
    SentimentCache cache,
    WarmFile file,
    AnomalyInspection inspection,
    ModelMetrics metrics,
    Readiness readiness,
    TimeProvider time,
    ILogger<WarmUpService> logger) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        metrics.Observe(model.Folder.Name, model.Fingerprint);
        foreach (var path in model.DependingOnBatchMates)
        {
            DynamicallyQuantized(logger, path);
        }

        if (model.PacksTexts)
        {
            TextsPacked(logger, model.Folder.OnnxPath);
        }

        if (model.SparesPositions)
        {
            PositionsSpared(logger, model.Folder.OnnxPath);
        }

        if (model.Rule is { } rule)
        {
            TwoSpeeds(logger, model.Folder.FastPath!, rule.Threshold);
        }

        if (inspection.MissesNegatives(model.Folder.Labels))
        {
            NoNegativeLabel(logger, model.Folder.Labels);
        }

        await model.WarmUpAsync(cancellationToken);
        var remembered = await cache.WarmFromFleetAsync(model.Fingerprint, cancellationToken) + await file.WarmAsync(cancellationToken);
        readiness.BecomeReady();
        var elapsed = time.GetElapsedTime(started);
        Ready(logger, model.Folder.Name, model.Fingerprint, model.Folder.Labels, remembered, elapsed.TotalMilliseconds);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Ready: model {Name} {Version} answers {Labels}; {Remembered} answers remembered; warm-up took {Milliseconds:F0} ms")]
    private static partial void Ready(
        ILogger logger, string name, string version, IReadOnlyList<string> labels, int remembered, double milliseconds);

    [LoggerMessage(EventId = 205, Level = LogLevel.Information, Message = "Two speeds: {Path} answers the texts for which its top score is {Threshold} or more, the full model the others")]
    private static partial void TwoSpeeds(ILogger logger, string path, float threshold);

    [LoggerMessage(EventId = 206, Level = LogLevel.Information, Message = "The labels of {Path} depend on the last layer's first position alone: the others are computed up to its attention only")]
    private static partial void PositionsSpared(ILogger logger, string path);

    [LoggerMessage(EventId = 207, Level = LogLevel.Information, Message = "{Path} is run without the padding between texts, which share a run in the order in which they came")]
    private static partial void TextsPacked(ILogger logger, string path);

    [LoggerMessage(
        EventId = 201,
        Level = LogLevel.Warning,
        Message = "{Path} is quantized dynamically: its answer for a text depends on the other texts of the batch. Quantize it with fixed scales, or set MLOPS_INFERENCE_ALONE=true")]
    private static partial void DynamicallyQuantized(ILogger logger, string path);

    [LoggerMessage(
        EventId = 204,
        Level = LogLevel.Warning,
        Message = "None of the model's labels {Labels} counts as negative, so high_confidence_negative is never found: set MLOPS_ANOMALY_NEGATIVE_LABELS, or leave it out of MLOPS_ANOMALY_TYPES")]
    private static partial void NoNegativeLabel(ILogger logger, IReadOnlyList<string> labels);
}
