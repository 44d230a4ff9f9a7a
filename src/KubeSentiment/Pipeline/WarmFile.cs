using KubeSentiment.Caching;

namespace KubeSentiment.Pipeline;

/// <summary>Predicts the texts of <c>MLOPS_CACHE_WARM_FILE</c> before the replica is ready, so that the first to ask for them finds the answers.</summary>
internal sealed partial class WarmFile(SentimentPipeline pipeline, CacheOptions options, TimeProvider time, ILogger<WarmFile> logger)
{
    /// <summary>Enough to fill the batches of all workers, few enough to stop soon after time is up.</summary>
    private const int TextsAtOnce = 128;

    /// <summary>Stops at the end of the file, when memory is full, or when time is up; a file that cannot be read is a warning, not the end of the start.</summary>
    /// <returns>How many texts have been warmed.</returns>
    public async Task<int> WarmAsync(CancellationToken cancellationToken)
    {
        if (options is not { Enabled: true, WarmFile: { Length: > 0 } path } || options.WarmTimeout == TimeSpan.Zero)
        {
            return 0;
        }

        var warmed = 0;
        using var timeout = new CancellationTokenSource(options.WarmTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            foreach (var texts in File.ReadLines(path).Take(options.MaxEntries).Chunk(TextsAtOnce))
            {
                var outcomes = await pipeline.WarmAsync(texts, either.Token);
                warmed += outcomes.Count(outcome => outcome is PredictionOutcome.Predicted);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            OutOfTime(logger, path, warmed, options.WarmTimeout.TotalSeconds);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Unreadable(logger, path, e.Message);
        }

        return warmed;
    }

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "MLOPS_CACHE_WARM_FILE={Path}: {Warmed} texts were warmed in {Seconds} s, the rest are left out")]
    private static partial void OutOfTime(ILogger logger, string path, int warmed, double seconds);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "MLOPS_CACHE_WARM_FILE={Path} cannot be read: {Reason}")]
    private static partial void Unreadable(ILogger logger, string path, string reason);
}
