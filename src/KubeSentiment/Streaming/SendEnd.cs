namespace KubeSentiment.Streaming;

/// <summary>How writing a batch ended.</summary>
internal enum SendEnd
{
    /// <summary>All of it is written, offsets included.</summary>
    Committed,

    /// <summary>Nothing of it is visible, because others own the partitions by now; the output works on. At least once: what is visible comes again.</summary>
    Aborted,

    /// <summary>Nothing of it is visible, because Kafka did not answer in time or was not willing; the output works on.</summary>
    Failed,

    /// <summary>Nothing of it is visible, because one of its messages is of a kind that Kafka never takes; the output works on.</summary>
    Refused,

    /// <summary>Whether it is visible is not known, and the output is of no use any more. A new one of the same name settles it; then the group's offsets tell.</summary>
    Broken,
}
