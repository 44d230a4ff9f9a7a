namespace KubeSentiment.Load;

/// <summary>How fast a line moves, and whether it is a burst or an overload. Guarded by the gate's lock.</summary>
/// <remarks>
/// An episode begins with the first caller that waits after a burst's time in which none did, and is an overload once it has lasted longer than a burst. Texts
/// let in are counted over windows of time in which somebody waits: an idle gate says nothing about its speed. The pace moves half of the way to each
/// window's, so that it follows a change within a few windows, and is forgotten with the episode.
/// </remarks>
internal sealed class LinePace(TimeProvider time, TimeSpan burst)
{
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    private readonly long _window = (long)(Window.TotalSeconds * time.TimestampFrequency);
    private readonly long _burst = (long)(burst.TotalSeconds * time.TimestampFrequency);
    private long _episodeSince;
    private long? _emptySince;
    private long _busySince;

    // The window so far.
    private long _busy;
    private int _texts;

    // Texts a timestamp unit; 0 before the episode's first window is full.
    private double _rate;

    /// <summary>A caller joins the empty line.</summary>
    public void Begin(long now)
    {
        _busySince = now;
        if (_emptySince is { } since && now - since <= _burst)
        {
            return;
        }

        _episodeSince = now;
        _busy = 0;
        _texts = 0;
        _rate = 0;
    }

    /// <summary>A caller of the line is let in.</summary>
    public void Count(int texts, long now)
    {
        _texts += texts;
        var busy = _busy + now - _busySince;
        if (busy >= _window)
        {
            var rate = (double)_texts / busy;
            _rate = _rate == 0 ? rate : (_rate + rate) / 2;
            _busySince = now;
            _busy = 0;
            _texts = 0;
        }
    }

    /// <summary>The line is empty.</summary>
    public void End(long now)
    {
        _busy += now - _busySince;
        _emptySince = now;
    }

    public bool IsOverload(long now) => now - _episodeSince > _burst;

    /// <summary>How long as many texts take to be let in; null while that is not known.</summary>
    public TimeSpan? TimeFor(int texts) => _rate == 0 ? null : TimeSpan.FromSeconds(Math.Min(texts / _rate / time.TimestampFrequency, 86_400));
}
