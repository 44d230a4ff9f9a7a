namespace KubeSentiment.Api.Sockets;

/// <summary>A thread that reads requests from sockets, as the operating system sees it.</summary>
internal interface IReadingThread
{
    /// <summary>Whether the calling thread is one, and the other members can be used.</summary>
    public bool IsCurrent { get; }

    /// <summary>Whether <see cref="CallBack"/> can be used on the calling thread. False the first few times: what it takes is then being made.</summary>
    public bool CanCallBack { get; }

    /// <summary>Has the calling thread call back, once, when it has read all that has come by now.</summary>
    public void CallBack(Action whenRead);

    /// <summary>Puts the calling thread to sleep.</summary>
    public void Rest(TimeSpan time);
}
