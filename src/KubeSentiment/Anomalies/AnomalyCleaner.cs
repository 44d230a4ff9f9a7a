namespace KubeSentiment.Anomalies;

/// <summary>Has what is past its time taken out of the buffer now and then, so that users' texts do not stay where nobody asks.</summary>
internal sealed class AnomalyCleaner(AnomalyBuffer buffer, AnomalyOptions options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CleanupInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                buffer.RemoveExpired();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host takes a cancelled service for a failed one while it is itself failing to start.
        }
    }
}
