using System.Collections.Concurrent;

namespace KubeSentiment.Observability;

/// <summary>Whether the process should be left running. Only what a restart mends may say no: everything else is a matter of readiness or health.</summary>
internal sealed partial class Liveness(ILogger<Liveness> logger)
{
    private readonly ConcurrentQueue<Func<string?>> _watched = new();

    /// <summary>Asks a part of the service each time a probe comes.</summary>
    /// <param name="problem">What is wrong beyond repair; null when nothing is. Must be quick and must not throw.</param>
    public void Watch(Func<string?> problem) => _watched.Enqueue(problem);

    /// <summary>Whether nothing is wrong; what is, goes to the log, because the restart that follows leaves no other trace.</summary>
    public bool IsLive()
    {
        if (_watched.Select(problem => problem()).FirstOrDefault(found => found is not null) is not { } problem)
        {
            return true;
        }

        NotLive(logger, problem);
        return false;
    }

    [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "Not live: {Problem}")]
    private static partial void NotLive(ILogger logger, string problem);
}
