namespace KubeSentiment.Load;

/// <summary>Has the load measured every second.</summary>
internal sealed class LoadSampler(LoadMonitor monitor, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                monitor.Sample();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host takes a cancelled service for a failed one while it is itself failing to start.
        }
    }
}
