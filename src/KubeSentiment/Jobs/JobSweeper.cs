namespace KubeSentiment.Jobs;

/// <summary>Looks after the store now and then: ends what is overdue, forgets what is old, and keeps what the store says of itself for metrics and health.</summary>
internal sealed class JobSweeper(IJobStore store, JobEvents events, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private volatile JobFigures? _figures = JobFigures.Nothing;
    private volatile string? _trouble;

    /// <summary>What the store last said of itself; null while it does not answer, or takes no writes.</summary>
    public JobFigures? Figures => _figures;

    /// <summary>Why jobs stand still; null while they do not.</summary>
    public string? Trouble => _trouble;

    /// <summary>One round.</summary>
    public async Task SweepAsync()
    {
        try
        {
            await store.SweepAsync();
            _figures = await store.MeasureAsync();
            if (_trouble is not null)
            {
                _trouble = null;
                events.StoreFound();
            }
        }
        catch (Exception e)
        {
            // Whatever stands in Redis under these keys, it must not end the service.
            var trouble = e is JobStoreException ? e.Message : $"What the store holds cannot be read ({e.GetType().Name}).";
            var isNews = _trouble is null;
            // Before the figures go: who finds none asks why.
            _trouble = trouble;
            _figures = null;
            if (isNews)
            {
                events.StoreLost(trouble);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
