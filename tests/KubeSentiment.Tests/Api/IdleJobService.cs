namespace KubeSentiment.Tests.Api;

/// <summary>A service that takes jobs of at most five texts on and scores none, for all tests of a class.</summary>
public sealed class IdleJobService : IAsyncDisposable
{
    internal TestService Service { get; } = JobTests.Idle(("Jobs:MaxBatchSize", "5"), ("Jobs:MaxJobs", "10000"));

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
