using KubeSentiment.Configuration;

namespace KubeSentiment.Observability;

/// <summary>On SIGTERM: readiness fails at once, while requests are still served for as long as load balancers may send some.</summary>
internal sealed partial class DrainService(
    Readiness readiness, ServiceOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(readiness.Drain);
        return Task.CompletedTask;
    }

    /// <summary>All services' Stopping comes before any service's Stop: the server still listens here.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Draining(logger, options.ShutdownDrain.TotalSeconds);
        await Task.Delay(options.ShutdownDrain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "Stopping: not ready any more; requests are served for {Seconds} s, then finished")]
    private static partial void Draining(ILogger logger, double seconds);
}
