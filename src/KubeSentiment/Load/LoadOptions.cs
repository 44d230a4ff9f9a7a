using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Load;

/// <summary>How much the service takes on at once, and how long the rest may wait. All counts are texts: a batch of ten counts as ten.</summary>
[Settings("Load")]
internal sealed class LoadOptions
{
    /// <summary>Texts in hand at once. Raise it on many cores; beyond what keeps the model busy it only makes answers later.</summary>
    [Setting("MAX_CONCURRENT_REQUESTS", AlsoUnprefixed = true), Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 100;

    /// <summary>Texts of HTTP callers that may wait for their turn; more are refused. 0 lets nobody wait.</summary>
    [Setting("MAX_QUEUE_SIZE", AlsoUnprefixed = true), Range(0, 1_000_000)]
    public int MaxQueueSize { get; set; } = 1_000;

    /// <summary>Longest wait of an HTTP caller for its turn. It is used up in bursts only; raise it with batches that take longer than this.</summary>
    [Setting("ADMISSION_MAX_WAIT"), Duration(0.001, 3_600)]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Once callers have been waiting without a break for <c>MLOPS_ADMISSION_BURST</c>, a newcomer that would wait longer than this, and longer than its own
    /// texts take, is refused at once. Raise it to answer more of an overload, later.
    /// </summary>
    [Setting("ADMISSION_TARGET_WAIT"), Duration(0.001, 3_600)]
    public TimeSpan TargetWait { get; set; } = TimeSpan.FromSeconds(0.002);

    /// <summary>
    /// Texts in hand, for each core, from which nobody is let in once it is overload, if <c>MAX_CONCURRENT_REQUESTS</c> is more. Lower it to answer those who are let in sooner, raise it where a model needs more texts
    /// to be busy, or callers wait for something else than the model.
    /// </summary>
    [Setting("ADMISSION_OVERLOAD_TEXTS"), Range(1, 100_000)]
    public int OverloadTexts { get; set; } = 52;

    /// <summary>How long callers may be waiting without a break before it counts as overload and not as a burst.</summary>
    [Setting("ADMISSION_BURST"), Duration(0, 3_600)]
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(0.1);

    /// <summary>Share of the texts let in that Kafka and jobs get while HTTP callers wait as well. Alone, either side gets everything.</summary>
    [Setting("ADMISSION_BACKGROUND_SHARE"), Range(0.01, 0.99)]
    public double BackgroundShare { get; set; } = 0.25;
}
