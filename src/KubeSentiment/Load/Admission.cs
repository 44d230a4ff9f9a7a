namespace KubeSentiment.Load;

/// <summary>Why a caller was not let in.</summary>
public enum AdmissionRefusal
{
    /// <summary>As many texts wait as may.</summary>
    QueueFull,

    /// <summary>Its turn would have come too late; refused at once.</summary>
    TooLongToWait,

    /// <summary>Its turn did not come in time.</summary>
    WaitedTooLong,
}

/// <summary>The end of a wait at the gate: a place among the texts in hand, until it is disposed of, or a refusal.</summary>
/// <remarks>A value: copies are the same place, and whichever is disposed of first gives it back; the others then do nothing.</remarks>
public readonly record struct Admission : IDisposable
{
    private readonly AdmissionController? _gate;
    private readonly long _ticket;

    internal Admission(AdmissionController gate, long ticket, TimeSpan waited)
    {
        _gate = gate;
        _ticket = ticket;
        Waited = waited;
    }

    internal Admission(AdmissionRefusal refusal, TimeSpan retryAfter, TimeSpan waited)
    {
        Refusal = refusal;
        RetryAfter = retryAfter;
        Waited = waited;
    }

    /// <summary>Whether the caller may go on.</summary>
    public bool IsAdmitted => _gate is not null;

    /// <summary>Why it may not; null when it may.</summary>
    public AdmissionRefusal? Refusal { get; }

    /// <summary>When a refused caller may expect to be let in, at least one second; zero when it was let in.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>How long it stood in the queue.</summary>
    public TimeSpan Waited { get; }

    /// <summary>Gives the place back. A second time, or of a refusal, does nothing.</summary>
    public void Dispose() => _gate?.Release(_ticket);
}
