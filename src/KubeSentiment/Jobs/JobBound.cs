namespace KubeSentiment.Jobs;

/// <summary>What there is too much of for one more job.</summary>
internal enum JobBound
{
    /// <summary>As many jobs have not ended as may.</summary>
    Jobs,

    /// <summary>Its texts are more than may wait beside those that do.</summary>
    Texts,

    /// <summary>Its texts and results have more bytes than there is room for.</summary>
    Bytes,
}

/// <summary>The words for bounds, in answers and metrics.</summary>
internal static class JobBounds
{
    public static readonly IReadOnlyList<JobBound> All = [JobBound.Jobs, JobBound.Texts, JobBound.Bytes];

    public static string Word(this JobBound bound) => bound switch
    {
        JobBound.Jobs => "jobs",
        JobBound.Texts => "texts",
        _ => "bytes",
    };
}
