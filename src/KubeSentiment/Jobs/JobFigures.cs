namespace KubeSentiment.Jobs;

/// <summary>What a store holds: with Redis, of all replicas.</summary>
/// <param name="UnfinishedJobs">Jobs that have not ended.</param>
/// <param name="KeptJobs">Jobs that have ended and are kept.</param>
/// <param name="WaitingTexts">Texts without a result of jobs that have not ended, by priority.</param>
/// <param name="Bytes">Texts that wait, results that are kept, and room for those to come.</param>
internal sealed record JobFigures(int UnfinishedJobs, int KeptJobs, IReadOnlyDictionary<JobPriority, int> WaitingTexts, long Bytes)
{
    public static readonly JobFigures Nothing = new(0, 0, JobPriorities.All.ToDictionary(priority => priority, _ => 0), 0);
}
