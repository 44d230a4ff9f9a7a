namespace KubeSentiment.Load;

/// <summary>The gate in front of the work: so many texts in hand at once, some waiting, the rest refused.</summary>
/// <remarks>
/// <para>Everything is counted in texts. A caller with more texts than the gate holds counts as a full gate, so that it can be let in, alone.</para>
/// <list type="number">
/// <item><b>Free.</b> While nobody waits and there is room, a caller goes through: one compare-and-swap, no lock, no allocation.</item>
/// <item><b>Waiting.</b> Otherwise it joins the line of its door. Each line is first come, first served, without exception: a large batch in front is waited
/// for, not overtaken.</item>
/// <item><b>Two doors.</b> HTTP callers (<see cref="TryEnterAsync"/>) are refused when the line is full or too slow. Kafka and jobs (<see cref="EnterAsync"/>)
/// wait for as long as it takes; they bound themselves by their threads and workers.</item>
/// <item><b>Whose turn.</b> HTTP's, but each text of HTTP let in past the waiting background earns the background a credit, and with enough credit for its
/// first caller the turn is the background's. So while both wait, the background gets its share of the texts, and neither starves.</item>
/// <item><b>Burst or overload.</b> Callers who keep waiting for longer than a burst lasts are an overload: then a newcomer that would wait longer than the target,
/// and longer than its own texts take, is refused at once, so that those who are let in are still answered soon (after the controlled delay of "Fail at Scale",
/// ACM Queue 2015). In a burst it may wait as long as the limit allows. <see cref="LinePace"/> tells the two apart.</item>
/// <item><b>Fewer in hand.</b> In an overload nobody is let in while as many texts are in hand as keep the model busy: more would only make all answers later. The background, alone, gets the whole gate all the same.</item>
/// <item><b>Going on.</b> Who is let in goes on at the pool; a brief caller at the thread that gave the place back.</item>
/// </list>
/// <para>Texts in hand and callers waiting are one word. Only the holder of <c>_lock</c> adds or takes waiters, and while there are any, only it lets
/// somebody in; giving a place back is one atomic addition, which sees whether somebody waits.</para>
/// </remarks>
public sealed partial class AdmissionController : IDisposable
{
    private const long OneWaiter = 1L << 32;
    private const int Parts = 1_000;
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);

    // Between two refusals of an overload the line is short: it is let in within a few milliseconds, and requests come in bursts.
    private static readonly TimeSpan RefusalEcho = TimeSpan.FromMilliseconds(100);

    // Timers count whole milliseconds, and a shorter time would ring at once, again and again.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    // Who is let in here may have nothing to wait for, and then gives the place back at once: the next one goes on elsewhere, for the stack's sake.
    [ThreadStatic]
    private static bool _isLettingIn;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LoadOptions _options;
    private readonly AdmissionMetrics _metrics;
    private readonly LeaseTable _leases;
    private readonly ITimer _expiry;
    private readonly int _limit;
    private readonly int _limitInOverload;
    private readonly long _share;

    // Guarded by _lock, like what they hold.
    private readonly WaitingLine _interactive = new();
    private readonly WaitingLine _background = new();
    private readonly LinePace _pace;
    private long _credit;

    // With so many texts in hand nobody is let in. Written under the lock; who is kept out by what it was without the lock asks again under it.
    private int _open;

    // When the last refusal has been forgotten. Written under the lock, read by anyone.
    private long _pressedUntil = long.MinValue;

    // Callers waiting in the high half, texts in hand in the low one. Interlocked; see the remarks for who may do what.
    private long _state;

    internal AdmissionController(LoadOptions options, int cores, AdmissionMetrics metrics, TimeProvider time)
    {
        _options = options;
        _metrics = metrics;
        _time = time;
        _limit = options.MaxConcurrentRequests;
        _limitInOverload = (int)Math.Min(_limit, (long)options.OverloadTexts * cores);
        _open = _limit;
        _share = (long)Math.Round(options.BackgroundShare * Parts);
        _leases = new LeaseTable(_limit);
        _pace = new LinePace(time, options.Burst);
        _expiry = time.CreateTimer(static gate => ((AdmissionController)gate!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Observe(this);
    }

    /// <summary>Texts in hand; never more than <see cref="Capacity"/>.</summary>
    public int Active => (int)Volatile.Read(ref _state);

    /// <summary>Texts of HTTP callers that wait; never more than <see cref="QueueCapacity"/>.</summary>
    public int Queued => TextsOf(_interactive);

    /// <summary>Texts of Kafka and of jobs that wait.</summary>
    public int QueuedInBackground => TextsOf(_background);

    /// <summary>Most texts in hand at once.</summary>
    public int Capacity => _limit;

    /// <summary>Most texts of HTTP callers that may wait.</summary>
    public int QueueCapacity => _options.MaxQueueSize;

    /// <summary>How near the line of HTTP callers is to refusing the next one: 0 while nobody waits, 1 when its length or its time has reached the limit, and for a tenth of a second after a refusal.</summary>
    /// <remarks>The time counts against <c>MLOPS_ADMISSION_TARGET_WAIT</c> in a burst, too, where nobody is refused for it yet: whoever wants to act before that still can.</remarks>
    public double Pressure
    {
        get
        {
            if (_time.GetTimestamp() < Volatile.Read(ref _pressedUntil))
            {
                return 1;
            }

            if (!AnyoneWaits)
            {
                // Without a line the next one is refused as soon as the gate is full.
                return _options.MaxQueueSize == 0 && Active >= _limit ? 1 : 0;
            }

            lock (_lock)
            {
                var length = (double)_interactive.Texts / Math.Max(1, _options.MaxQueueSize);
                var time = _pace.TimeFor(_interactive.Texts) is { } wait ? wait / _options.TargetWait : 0;
                return Math.Min(1, Math.Max(length, time));
            }
        }
    }

    private bool AnyoneWaits => Volatile.Read(ref _state) >= OneWaiter;

    /// <summary>Whether <see cref="TryEnterAsync"/> would let a caller in or let it wait at this moment.</summary>
    /// <param name="texts">Its texts; at least 1.</param>
    public bool ShouldAccept(int texts = 1)
    {
        var weight = Weigh(texts);
        if (Passes(Volatile.Read(ref _state), weight))
        {
            return true;
        }

        lock (_lock)
        {
            return Objection_NeedsLock(_interactive.Texts, weight, _time.GetTimestamp()) is null;
        }
    }

    /// <summary>Whether a caller with one text goes through at once.</summary>
    internal bool IsOpen => Passes(Volatile.Read(ref _state), 1);

    /// <summary>Refuses a caller with one text, if <see cref="TryEnterAsync"/> would at once.</summary>
    internal bool TryRefuse(out Admission refusal)
    {
        refusal = default;
        if (IsOpen)
        {
            return false;
        }

        lock (_lock)
        {
            return TryRefuse_NeedsLock(1, out refusal);
        }
    }

    /// <summary>The door for callers who want an answer now: they may wait a little, and are refused otherwise.</summary>
    /// <param name="texts">Texts the caller brings; at least 1.</param>
    /// <param name="cancellationToken">Takes a caller that waits out of the line at once.</param>
    /// <returns>Dispose of it when the work is done.</returns>
    /// <exception cref="OperationCanceledException">The caller went away while it waited.</exception>
    public ValueTask<Admission> TryEnterAsync(int texts, CancellationToken cancellationToken) => TryEnter(texts, isBrief: false, cancellationToken);

    /// <summary>As <see cref="TryEnterAsync"/>, for a caller who has so little to do before it waits again that the thread that gives its place back can do it: to wake another costs as much.</summary>
    internal ValueTask<Admission> TryEnterBrieflyAsync(int texts, CancellationToken cancellationToken) => TryEnter(texts, isBrief: true, cancellationToken);

    /// <summary>The door for Kafka and jobs: they wait for their turn, for as long as it takes.</summary>
    /// <param name="texts">Texts the caller brings; at least 1. Bring few at a time: HTTP callers wait for all of them.</param>
    /// <param name="cancellationToken">Takes a caller that waits out of the line at once.</param>
    /// <returns>Always let in. Dispose of it when the work is done.</returns>
    /// <exception cref="OperationCanceledException">The caller went away while it waited.</exception>
    public ValueTask<Admission> EnterAsync(int texts, CancellationToken cancellationToken)
    {
        var weight = Weigh(texts);
        return TryPass(weight, out var admission) ? new(admission) : Wait(weight, cancellationToken);
    }

    /// <summary>Ends the timer; callers who still wait are not woken.</summary>
    public void Dispose() => _expiry.Dispose();

    internal void Release(long ticket)
    {
        // The row is free before the place is: whoever takes the place finds a row.
        var weight = _leases.Remove(ticket);
        if (weight == 0 || Interlocked.Add(ref _state, -weight) < OneWaiter)
        {
            return;
        }

        (Waiter Waiter, Admission Admission)? brief;
        lock (_lock)
        {
            brief = LetIn_NeedsLock(here: !_isLettingIn);
        }

        if (brief is var (waiter, admission))
        {
            _isLettingIn = true;
            waiter.FinishHere(admission);
            _isLettingIn = false;
        }
    }

    private ValueTask<Admission> TryEnter(int texts, bool isBrief, CancellationToken cancellationToken)
    {
        var weight = Weigh(texts);
        return TryPass(weight, out var admission) ? new(admission) : WaitOrRefuse(weight, isBrief, cancellationToken);
    }

    private int TextsOf(WaitingLine line)
    {
        // Under the lock: a caller stands in the line for a moment before it is refused.
        lock (_lock)
        {
            return line.Texts;
        }
    }

    private int Weigh(int texts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(texts, 1);
        return Math.Min(texts, _limit);
    }

    /// <summary>Whether a caller goes through without the lock; with somebody waiting the state is beyond any limit.</summary>
    private bool Passes(long state, int weight) => state + weight <= _limit && state < Volatile.Read(ref _open);

    private bool TryPass(int weight, out Admission admission)
    {
        var state = Volatile.Read(ref _state);
        while (Passes(state, weight))
        {
            var found = Interlocked.CompareExchange(ref _state, state + weight, state);
            if (found == state)
            {
                admission = new Admission(this, _leases.Add(weight), TimeSpan.Zero);
                return true;
            }

            state = found;
        }

        admission = default;
        return false;
    }
}
