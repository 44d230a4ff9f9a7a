namespace KubeSentiment.Anomalies;

/// <summary>What the buffer holds, and what it did since the start.</summary>
/// <param name="Size">Odd predictions kept now; none of them past its time.</param>
/// <param name="Capacity">Most that are kept.</param>
/// <param name="Bytes">What they take in memory, texts and bookkeeping included.</param>
/// <param name="Added">Odd predictions that were added.</param>
/// <param name="Repeated">Those that were there already.</param>
/// <param name="EvictedForSize">Those that left because the buffer was full.</param>
/// <param name="Expired">Those that left because their time was over.</param>
/// <param name="Types">How many are of each type now; one may be of several.</param>
/// <param name="OldestAt">When the oldest was found; null when there is none.</param>
/// <param name="NewestAt">When the newest was found.</param>
public sealed record AnomalyBufferStatistics(
    int Size,
    int Capacity,
    long Bytes,
    long Added,
    long Repeated,
    long EvictedForSize,
    long Expired,
    IReadOnlyDictionary<AnomalyType, int> Types,
    DateTimeOffset? OldestAt,
    DateTimeOffset? NewestAt);
