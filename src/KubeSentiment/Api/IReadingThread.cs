namespace KubeSentiment.Api;

/// <summary>A thread that reads requests from sockets, as the operating system sees it.</summary>
internal interface IReadingThread
{
    /// <summary>Whether the calling thread is one, and the other members can be used.</summary>
    public bool IsCurrent { get; }

    /// <summary>How often the calling thread has waited for something since it began, rests included.</summary>
    public long Waits { get; }

    /// <summary>Puts the calling thread to sleep.</summary>
    public void Rest(TimeSpan time);
}
