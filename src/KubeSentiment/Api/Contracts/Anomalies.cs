namespace KubeSentiment.Api.Contracts;

/// <summary>Something odd about a prediction.</summary>
/// <param name="Type">high_confidence_negative, low_confidence, out_of_vocabulary, truncated or unusual_length.</param>
/// <param name="Score">How odd, 0..1: 0 just past the threshold of its type, 1 as odd as can be.</param>
internal sealed record AnomalyAnswer(string Type, float Score);

/// <summary>Odd predictions of this replica, newest first.</summary>
/// <param name="Anomalies">The predictions.</param>
/// <param name="Count">How many these are.</param>
internal sealed record AnomaliesAnswer(IReadOnlyList<OddPredictionAnswer> Anomalies, int Count);

/// <summary>An odd prediction, kept for review.</summary>
/// <param name="PredictionId">Names the prediction, here and in feedback.</param>
/// <param name="Text">The text's beginning (<c>MLOPS_ANOMALY_BUFFER_MAX_TEXT_LENGTH</c>). Left out where no texts are kept, and to callers who may not read them.</param>
/// <param name="TextLength">Length of the whole text in Unicode code points.</param>
/// <param name="Label">The label that the model gave.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Anomalies">What is odd.</param>
/// <param name="Source">Where the text came from: the request's correlation id and the text's place in it, or topic/partition/offset.</param>
/// <param name="DetectedAt">When it was found.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
internal sealed record OddPredictionAnswer(
    Guid PredictionId,
    string? Text,
    int TextLength,
    string Label,
    float Score,
    IReadOnlyList<AnomalyAnswer> Anomalies,
    string? Source,
    DateTimeOffset DetectedAt,
    DateTimeOffset ExpiresAt);

/// <summary>What the buffer for review holds, and what was found since the start of this replica.</summary>
/// <param name="Enabled">False when nothing is looked for.</param>
/// <param name="Size">Odd predictions kept now.</param>
/// <param name="Capacity">Most that are kept.</param>
/// <param name="Bytes">What they take in memory.</param>
/// <param name="Types">By type: how many are kept now and how often it was found. A prediction may be of several types.</param>
/// <param name="Added">Odd predictions that were added.</param>
/// <param name="Repeated">Odd predictions whose text was there already: replays, and what is asked for again.</param>
/// <param name="EvictedForSize">Those that left because the buffer was full.</param>
/// <param name="Expired">Those that left because their time was over.</param>
/// <param name="TypicalLength">The length of a typical text, in UTF-16 units, against which unusual ones are measured.</param>
/// <param name="LengthDeviation">Standard deviation of the natural logarithm of lengths.</param>
/// <param name="OldestAt">When the oldest was found.</param>
/// <param name="NewestAt">When the newest was found.</param>
internal sealed record AnomalyStats(
    bool Enabled,
    int Size,
    int Capacity,
    long Bytes,
    IReadOnlyList<AnomalyTypeStats> Types,
    long Added,
    long Repeated,
    long EvictedForSize,
    long Expired,
    double TypicalLength,
    double LengthDeviation,
    DateTimeOffset? OldestAt,
    DateTimeOffset? NewestAt);

/// <summary>One type of anomaly.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Kept">How many predictions of it are kept now.</param>
/// <param name="Detected">How often it was found since the start, answers from the cache included.</param>
internal sealed record AnomalyTypeStats(string Type, int Kept, long Detected);

/// <summary>What was cleared.</summary>
/// <param name="Removed">Odd predictions forgotten.</param>
internal sealed record ClearAnomaliesResponse(int Removed);
