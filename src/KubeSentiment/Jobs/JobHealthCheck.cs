using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KubeSentiment.Jobs;

/// <summary>Healthy, or degraded while the store of the jobs does not answer: everything else is served all the same.</summary>
internal sealed class JobHealthCheck(IJobStore store, JobSweeper sweeper) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        sweeper.Figures is { } figures
            ? HealthCheckResult.Healthy($"{figures.UnfinishedJobs} jobs, {figures.WaitingTexts.Values.Sum()} texts wait, in {store.Name}.")
            : HealthCheckResult.Degraded($"Jobs stand still: {sweeper.Trouble}"));
}
