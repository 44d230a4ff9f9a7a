namespace KubeSentiment.Jobs;

/// <summary>A job that is to be taken on.</summary>
/// <param name="Job">What will be known of it.</param>
/// <param name="Chunks">Its texts as <see cref="TextPacker"/> packs them.</param>
internal sealed record NewJob(Job Job, IReadOnlyList<byte[]> Chunks)
{
    /// <summary>What a result takes in memory or in Redis: about 45 bytes with three labels; anomalies and more labels fit.</summary>
    public const int BytesOfResult = 96;

    /// <summary>What a job takes beside its texts and results.</summary>
    public const int BytesOfJob = 1_024;

    /// <summary>What it counts for when it is taken on: texts, and room for the results.</summary>
    public long Bytes => BytesOfJob + Chunks.Sum(chunk => (long)chunk.Length) + ((long)Job.TotalTexts * BytesOfResult);
}
