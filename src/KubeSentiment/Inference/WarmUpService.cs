using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>Runs the model once before the replica says that it is ready.</summary>
internal sealed partial class WarmUpService(SentimentModel model, ModelMetrics metrics, Readiness readiness, TimeProvider time, ILogger<WarmUpService> logger)
    : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        metrics.Observe(model.Folder.Name, model.Fingerprint);
        if (model.DependsOnBatchMates)
        {
            DynamicallyQuantized(logger, model.Folder.OnnxPath);
        }

        await model.WarmUpAsync(cancellationToken);
        readiness.BecomeReady();
        var elapsed = time.GetElapsedTime(started);
        Ready(logger, model.Folder.Name, model.Fingerprint, model.Folder.Labels, elapsed.TotalMilliseconds);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Ready: model {Name} {Version} answers {Labels}; warm-up took {Milliseconds:F0} ms")]
    private static partial void Ready(ILogger logger, string name, string version, IReadOnlyList<string> labels, double milliseconds);

    [LoggerMessage(
        EventId = 201,
        Level = LogLevel.Warning,
        Message = "{Path} is quantized dynamically: its answer for a text depends on the other texts of the batch. Quantize it with fixed scales, or set MLOPS_INFERENCE_ALONE=true")]
    private static partial void DynamicallyQuantized(ILogger logger, string path);
}
