namespace KubeSentiment.Load;

public sealed partial class AdmissionController
{
    private ValueTask<Admission> WaitOrRefuse(int weight, bool isBrief, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Admission>(cancellationToken);
        }

        Waiter waiter;
        lock (_lock)
        {
            // 1. Who finds a line that is too much to ask needs no place in it.
            if (!_interactive.IsEmpty && TryRefuse_NeedsLock(weight, out var refused))
            {
                return new(refused);
            }

            // 2. Join: from here on nobody passes without the lock, and nothing can be given back unseen.
            waiter = Join_NeedsLock(_interactive, weight, isBrief);

            // 3. It may be the caller's turn already: a place came back since, or only the background waits.
            LetIn_NeedsLock();

            // 4. Otherwise it waits, unless that is too much to ask.
            if (!waiter.HasEnded && Objection_NeedsLock(_interactive.Texts - weight, weight, waiter.Since) is { } refusal)
            {
                Leave_NeedsLock(waiter, waiter.Since);
                return new(Refuse_NeedsLock(refusal, waiter.Since, waiter.Since));
            }

            if (_interactive.First == waiter)
            {
                ArmExpiry_NeedsLock(waiter.Since);
            }
        }

        return FinishAsync(waiter, AdmissionDoor.Interactive, cancellationToken);
    }

    private ValueTask<Admission> Wait(int weight, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Admission>(cancellationToken);
        }

        Waiter waiter;
        lock (_lock)
        {
            waiter = Join_NeedsLock(_background, weight, isBrief: false);
            LetIn_NeedsLock();
        }

        return FinishAsync(waiter, AdmissionDoor.Background, cancellationToken);
    }

    private async ValueTask<Admission> FinishAsync(Waiter waiter, AdmissionDoor door, CancellationToken cancellationToken)
    {
        // A caller that is let in while it goes away has a place, and gives it back like any other.
        await using var registration = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((Waiter)waiter!).Gate.Cancel((Waiter)waiter, token), waiter);
        var admission = await waiter.End;
        if (admission.IsAdmitted)
        {
            _metrics.Waited(door, admission.Waited);
        }

        return admission;
    }

    private Waiter Join_NeedsLock(WaitingLine line, int weight, bool isBrief)
    {
        var now = _time.GetTimestamp();
        if (line == _interactive && line.IsEmpty)
        {
            _pace.Begin(now);
        }

        var waiter = new Waiter(this, line, weight, isBrief, now);
        line.Join(waiter);
        Interlocked.Add(ref _state, OneWaiter);
        return waiter;
    }

    private bool Leave_NeedsLock(Waiter waiter, long now)
    {
        if (!waiter.Line.Leave(waiter))
        {
            return false;
        }

        Interlocked.Add(ref _state, -OneWaiter);
        AfterLeaving_NeedsLock(waiter.Line, now);
        return true;
    }

    /// <summary>Lets in whoever's turn it is, for as long as there is room.</summary>
    /// <param name="here">Whether this thread can take on one of them, if it is brief, when it has let go of the lock.</param>
    /// <returns>That one, whose wait is still to be ended.</returns>
    private (Waiter Waiter, Admission Admission)? LetIn_NeedsLock(bool here = false)
    {
        (Waiter, Admission)? brief = null;
        while (Turn_NeedsLock() is { } waiter)
        {
            var now = _time.GetTimestamp();
            if (!HasRoom_NeedsLock(waiter, now))
            {
                break;
            }

            waiter.Line.Leave(waiter);
            // In one step: when the last one leaves the line, the way is free for others, and the room must be taken by then.
            Interlocked.Add(ref _state, waiter.Weight - OneWaiter);
            if (waiter.Line == _interactive)
            {
                _pace.Count(waiter.Weight, now);
                _credit += waiter.Weight * _share;
            }
            else
            {
                _credit -= Cost(waiter);
            }

            AfterLeaving_NeedsLock(waiter.Line, now);
            var admission = new Admission(this, _leases.Add(waiter.Weight), _time.GetElapsedTime(waiter.Since, now));
            if (here && brief is null && waiter.IsBrief)
            {
                brief = (waiter, admission);
            }
            else
            {
                waiter.Finish(admission);
            }
        }

        return brief;
    }

    private bool HasRoom_NeedsLock(Waiter waiter, long now)
    {
        if (!_interactive.IsEmpty)
        {
            Open_NeedsLock(now);
        }

        return Active + waiter.Weight <= _limit && (Active < _open || _interactive.IsEmpty);
    }

    private void Open_NeedsLock(long now) => Volatile.Write(ref _open, _pace.IsOverload(now) ? _limitInOverload : _limit);

    private Waiter? Turn_NeedsLock() => (_interactive.First, _background.First) switch
    {
        (null, var waiter) => waiter,
        (var waiter, null) => waiter,
        var (interactive, background) => _credit >= Cost(background) ? background : interactive,
    };

    // With share s, HTTP's texts earn s each and the background's cost 1 - s: in balance, the background has s of all.
    private long Cost(Waiter waiter) => waiter.Weight * (Parts - _share);

    private void AfterLeaving_NeedsLock(WaitingLine line, long now)
    {
        if (line == _interactive && line.IsEmpty)
        {
            // Newcomers who find no line keep to it until one of them finds under the lock that the overload is over.
            Open_NeedsLock(now);
            _pace.End(now);
        }

        // Credit is earned by waiting and spent by waiting: it is neither saved up nor owed.
        _credit = _background.IsEmpty ? 0 : Math.Max(0, _credit);
    }

    private bool TryRefuse_NeedsLock(int weight, out Admission refusal)
    {
        var now = _time.GetTimestamp();
        var objection = Objection_NeedsLock(_interactive.Texts, weight, now);
        refusal = objection is { } reason ? Refuse_NeedsLock(reason, since: now, now) : default;
        return objection is not null;
    }

    /// <summary>What speaks against letting a newcomer wait. Nothing but the size of the line does against its first caller: its wait is measured.</summary>
    private AdmissionRefusal? Objection_NeedsLock(int textsAhead, int weight, long now)
    {
        if (textsAhead + weight > _options.MaxQueueSize)
        {
            return AdmissionRefusal.QueueFull;
        }

        var longest = _pace.IsOverload(now) ? LongestInOverload(weight) : _options.MaxWait;
        return _pace.TimeFor(textsAhead) > longest ? AdmissionRefusal.TooLongToWait : null;
    }

    /// <summary>The target, or as long as the caller's own texts will take: a few clients with a batch each are not an overload because their batches are long.</summary>
    private TimeSpan LongestInOverload(int weight)
    {
        var own = _pace.TimeFor(weight) ?? TimeSpan.Zero;
        var longest = own > _options.TargetWait ? own : _options.TargetWait;
        return longest < _options.MaxWait ? longest : _options.MaxWait;
    }

    private Admission Refuse_NeedsLock(AdmissionRefusal refusal, long since, long now)
    {
        _metrics.Refused(refusal);
        Volatile.Write(ref _pressedUntil, now + (long)(RefusalEcho.TotalSeconds * _time.TimestampFrequency));

        // The line's speed says when there is room; before it was measured, the age of its first caller does.
        var oldest = _interactive.First is { } first ? _time.GetElapsedTime(first.Since, now) : TimeSpan.Zero;
        var wait = _pace.TimeFor(_interactive.Texts) ?? oldest;
        return new Admission(refusal, wait > ShortestRetry ? wait : ShortestRetry, _time.GetElapsedTime(since, now));
    }

    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Leave_NeedsLock(waiter, _time.GetTimestamp()))
            {
                waiter.Cancel(cancellationToken);

                // It may have stood in front of one that fits.
                LetIn_NeedsLock();
            }
        }
    }

    /// <summary>Sends those away who waited too long. All may wait equally long, so they are the first of the line.</summary>
    private void Expire()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            while (_interactive.First is { } waiter && _time.GetElapsedTime(waiter.Since, now) >= _options.MaxWait)
            {
                Leave_NeedsLock(waiter, now);
                waiter.Finish(Refuse_NeedsLock(AdmissionRefusal.WaitedTooLong, waiter.Since, now));
            }

            LetIn_NeedsLock();
            ArmExpiry_NeedsLock(now);
        }
    }

    /// <summary>Sets the timer for the first of the line. Not each time the first one changes: it then rings too early, finds nobody, and is set anew.</summary>
    private void ArmExpiry_NeedsLock(long now)
    {
        if (_interactive.First is { } waiter)
        {
            var left = _options.MaxWait - _time.GetElapsedTime(waiter.Since, now);
            _expiry.Change(left > TimerResolution ? left : TimerResolution, Timeout.InfiniteTimeSpan);
        }
    }
}
