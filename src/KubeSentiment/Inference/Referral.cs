using System.Runtime.InteropServices;

namespace KubeSentiment.Inference;

/// <summary>Where the fast model's batcher sends the texts that it is not sure of, or fails on.</summary>
/// <param name="rule">What counts as sure.</param>
/// <param name="full">Who reads the others.</param>
/// <param name="time">Tells when a failure may be logged again.</param>
/// <param name="logger">Is told why the fast model fails: callers do not see it.</param>
internal sealed partial class Referral(CascadeRule rule, DynamicBatcher full, TimeProvider time, ILogger<Referral> logger)
{
    /// <summary>A fast model that fails may do so on every text.</summary>
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    // Interlocked: when a failure may next be logged.
    private long _logFrom = long.MinValue;

    /// <summary>Where they wait then.</summary>
    public PendingQueue Next => full.Queue;

    /// <summary>Whether the answer stays; that of a text whose caller went away does, because nobody will read another.</summary>
    public static bool Keeps(PendingInference text, float topScore) => topScore >= text.Threshold || text.IsDone;

    /// <summary>Whether the answer is kept that would not be without pressure.</summary>
    public bool IsBrownOut(PendingInference text, float topScore) => topScore >= text.Threshold && topScore < rule.Threshold;

    /// <summary>Passes texts on, with the places that they hold. The caller may not touch them afterwards.</summary>
    public void Refer(List<PendingInference> texts)
    {
        try
        {
            full.Enqueue(CollectionsMarshal.AsSpan(texts));
        }
        catch (ObjectDisposedException e)
        {
            texts.ForEach(text => text.Fail(e));
        }
    }

    /// <summary>Passes on a text on which the fast model failed.</summary>
    public void Refer(PendingInference text, Exception cause)
    {
        var now = time.GetTimestamp();
        var from = Interlocked.Read(ref _logFrom);
        if (now >= from && Interlocked.CompareExchange(ref _logFrom, now + (long)(LogEvery.TotalSeconds * time.TimestampFrequency), from) == from)
        {
            FastModelFailed(logger, cause);
        }

        Refer([text]);
    }

    [LoggerMessage(EventId = 500, Level = LogLevel.Warning, Message = "The fast model failed; the full model answers in its place. Logged once a minute, counted in sentiment_inference_errors_total")]
    private static partial void FastModelFailed(ILogger logger, Exception cause);
}
