namespace KubeSentiment.Resilience;

/// <summary>Stops calling a dependency that fails every time, and tries it again after a while with one call.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><b>Closed.</b> Calls go through. A success forgets the failures before it; as many failures in a row as the threshold open the breaker.</item>
/// <item><b>Open.</b> Calls are turned away for the recovery timeout. The first call after it is the trial, and the state is half-open.</item>
/// <item><b>Half-open.</b> One trial at a time. Its success closes the breaker, its failure opens it for the full timeout again, its abandonment gives
/// the turn to the next call. A trial that never reports counts as abandoned after the recovery timeout.</item>
/// </list>
/// <para>Every change of state, every trial and every reset begins a new generation. A call reports with the generation it started in, and is heard only while
/// that one lasts: late results of an earlier time say nothing about now.</para>
/// <para>State and generation are one word, so a closed breaker costs a call two volatile reads and no lock. Words are changed under <c>_lock</c> only.</para>
/// </remarks>
public sealed partial class CircuitBreaker
{
    private const int StateBits = 2;
    private const long Free = long.MinValue;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<CircuitTransition>? _onTransition;
    private readonly long _recovery;

    // Written under _lock; read by anyone.
    private long _stamp;
    private int _failures;

    // While the state is not closed: the timestamp before which no call goes through, because the breaker is open or a trial is under way. As _stamp.
    private long _blockedUntil = Free;

    // Guarded by _lock.
    private DateTimeOffset _since;

    // Interlocked.
    private long _rejected;

    /// <summary>A closed breaker.</summary>
    /// <param name="name">The dependency, as metrics and logs name it.</param>
    /// <param name="failureThreshold">Failures in a row that open it; at least 1.</param>
    /// <param name="recoveryTimeout">How long it stays open before a trial; above zero.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onTransition">Told of each change of state, by the thread that caused it, outside the lock. Must not throw.</param>
    public CircuitBreaker(string name, int failureThreshold, TimeSpan recoveryTimeout, TimeProvider time, Action<CircuitTransition>? onTransition = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(failureThreshold, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(recoveryTimeout, TimeSpan.Zero);
        Name = name;
        FailureThreshold = failureThreshold;
        RecoveryTimeout = recoveryTimeout;
        _time = time;
        _onTransition = onTransition;
        _recovery = (long)(recoveryTimeout.TotalSeconds * time.TimestampFrequency);
        _since = time.GetUtcNow();
    }

    /// <summary>The dependency, as metrics and logs name it.</summary>
    public string Name { get; }

    /// <summary>Failures in a row that open it.</summary>
    public int FailureThreshold { get; }

    /// <summary>How long it stays open before a trial.</summary>
    public TimeSpan RecoveryTimeout { get; }

    /// <summary>The state now. An open breaker turns half-open with the first call after its recovery timeout, not by itself.</summary>
    public CircuitState State => StateOf(Volatile.Read(ref _stamp));

    /// <summary>Calls turned away since the start.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>How long an open breaker stays so; zero in any other state.</summary>
    public TimeSpan RetryAfter
    {
        get
        {
            lock (_lock)
            {
                return RetryAfter_NeedsLock();
            }
        }
    }

    /// <summary>Asks to call the dependency. Whoever is let in reports the end by one of the call's methods, once.</summary>
    /// <returns>False when the dependency must be left alone.</returns>
    public bool TryEnter(out CircuitCall call)
    {
        var stamp = Volatile.Read(ref _stamp);
        if (StateOf(stamp) == CircuitState.Closed)
        {
            call = new CircuitCall(this, stamp);
            return true;
        }

        if (TryBeginTrial(out call))
        {
            return true;
        }

        Interlocked.Increment(ref _rejected);
        return false;
    }

    /// <summary>Counts a call that its caller left out because the breaker is not closed, without asking to go through: such a one must not become the trial.</summary>
    public void TurnedAway() => Interlocked.Increment(ref _rejected);

    /// <summary>Closes the breaker and forgets its failures; calls under way are not heard any more.</summary>
    public void Reset()
    {
        CircuitTransition? change;
        lock (_lock)
        {
            _failures = 0;
            change = Begin_NeedsLock(CircuitState.Closed, Free);
        }

        Tell(change);
    }

    /// <summary>The breaker at this moment.</summary>
    public CircuitSnapshot Snapshot()
    {
        lock (_lock)
        {
            return new CircuitSnapshot(
                Name, StateOf(_stamp), _failures, FailureThreshold, RecoveryTimeout, RetryAfter_NeedsLock(), _since, Rejected);
        }
    }

    private static CircuitState StateOf(long stamp) => (CircuitState)(stamp & ((1 << StateBits) - 1));

    private bool TryBeginTrial(out CircuitCall call)
    {
        call = default;
        if (_time.GetTimestamp() < Volatile.Read(ref _blockedUntil))
        {
            return false;
        }

        CircuitTransition? change = null;
        lock (_lock)
        {
            // Others may have closed it, or taken the trial, since the look without the lock.
            if (StateOf(_stamp) != CircuitState.Closed)
            {
                var now = _time.GetTimestamp();
                if (now < _blockedUntil)
                {
                    return false;
                }

                change = Begin_NeedsLock(CircuitState.HalfOpen, now + _recovery);
            }

            call = new CircuitCall(this, _stamp);
        }

        Tell(change);
        return true;
    }

    internal void Succeeded(long stamp)
    {
        if (stamp != Volatile.Read(ref _stamp) || (StateOf(stamp) == CircuitState.Closed && Volatile.Read(ref _failures) == 0))
        {
            return;
        }

        CircuitTransition? change = null;
        lock (_lock)
        {
            if (stamp == _stamp)
            {
                _failures = 0;
                change = StateOf(stamp) == CircuitState.HalfOpen ? Begin_NeedsLock(CircuitState.Closed, Free) : null;
            }
        }

        Tell(change);
    }

    internal void Failed(long stamp)
    {
        CircuitTransition? change = null;
        lock (_lock)
        {
            if (stamp == _stamp)
            {
                _failures++;
                change = StateOf(stamp) == CircuitState.HalfOpen || _failures >= FailureThreshold
                    ? Begin_NeedsLock(CircuitState.Open, _time.GetTimestamp() + _recovery)
                    : null;
            }
        }

        Tell(change);
    }

    internal void Abandoned(long stamp)
    {
        if (StateOf(stamp) == CircuitState.Closed)
        {
            return;
        }

        lock (_lock)
        {
            if (stamp == _stamp)
            {
                // A new generation, so that the same call is not heard twice.
                Begin_NeedsLock(CircuitState.HalfOpen, Free);
            }
        }
    }

    /// <summary>Begins a generation.</summary>
    /// <returns>The change of state, if it is one.</returns>
    private CircuitTransition? Begin_NeedsLock(CircuitState state, long blockedUntil)
    {
        var from = StateOf(_stamp);
        Volatile.Write(ref _blockedUntil, blockedUntil);
        Volatile.Write(ref _stamp, (((_stamp >> StateBits) + 1) << StateBits) | (long)state);
        if (from == state)
        {
            return null;
        }

        _since = _time.GetUtcNow();
        return new CircuitTransition(Name, from, state, _failures);
    }

    private TimeSpan RetryAfter_NeedsLock()
    {
        var now = _time.GetTimestamp();
        return StateOf(_stamp) == CircuitState.Open && now < _blockedUntil ? _time.GetElapsedTime(now, _blockedUntil) : TimeSpan.Zero;
    }

    private void Tell(CircuitTransition? change)
    {
        if (change is { } transition)
        {
            _onTransition?.Invoke(transition);
        }
    }
}
