namespace KubeSentiment.Jobs;

/// <summary>Why a text is not taken into a job that is being read.</summary>
internal enum TextRefusal
{
    /// <summary>The job has as many texts as any may.</summary>
    TooManyTexts,

    /// <summary>With it the job would have more bytes than all jobs together may: it would never be taken on, however often it came.</summary>
    TooManyBytes,

    /// <summary>As much is being read at this moment as may.</summary>
    NoRoom,
}
