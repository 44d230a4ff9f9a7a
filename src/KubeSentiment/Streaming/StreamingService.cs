using KubeSentiment.Observability;

namespace KubeSentiment.Streaming;

/// <summary>Runs the consumers for as long as the service runs: from when the model is warm to the signal to stop.</summary>
internal sealed class StreamingService(SentimentConsumers consumers, Liveness liveness, IHostApplicationLifetime lifetime) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Nothing comes over HTTP that others could not take; partitions can be taken only when they are given up. So consumers leave at once, while HTTP still drains.
        lifetime.ApplicationStopping.Register(consumers.RequestStop);
        liveness.Watch(() => consumers.Stalled() is { } thread ? $"Kafka consumer {thread.Thread} has not polled for {thread.SinceLastPoll.TotalSeconds:0} s" : null);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the warm-up, which was registered before: a replica that cannot predict yet would take partitions only to pause them.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        consumers.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => consumers.StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
