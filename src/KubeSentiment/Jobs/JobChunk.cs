namespace KubeSentiment.Jobs;

/// <summary>Some texts of a job, in the hands of one worker.</summary>
/// <param name="Job">The job when the chunk was taken.</param>
/// <param name="Index">Which chunk of the job it is, from 0.</param>
/// <param name="Texts">Its texts as <see cref="TextPacker"/> packs them.</param>
/// <param name="Ticket">By what the store knows the worker's claim.</param>
/// <param name="Attempt">1, or more when others had it and were not heard of again.</param>
internal sealed record JobChunk(Job Job, int Index, byte[] Texts, string Ticket, int Attempt)
{
    /// <summary>Place of its first text in the job.</summary>
    public int FirstText => Index * Job.ChunkTexts;

    public int Count => Math.Min(Job.ChunkTexts, Job.TotalTexts - FirstText);
}
