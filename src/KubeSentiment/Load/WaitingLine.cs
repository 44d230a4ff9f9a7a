using System.Threading.Tasks.Sources;

namespace KubeSentiment.Load;

/// <summary>A caller that waits at the gate.</summary>
internal sealed class Waiter : IValueTaskSource<Admission>
{
    // Whoever lets a caller in holds the gate's lock: the caller goes on elsewhere, unless it is told to go on here.
    private ManualResetValueTaskSourceCore<Admission> _end = new() { RunContinuationsAsynchronously = true };

    public Waiter(AdmissionController gate, WaitingLine line, int weight, bool isBrief, long since)
    {
        IsBrief = isBrief;
        Gate = gate;
        Node = new LinkedListNode<Waiter>(this);
        Line = line;
        Weight = weight;
        Since = since;
    }

    public AdmissionController Gate { get; }

    public WaitingLine Line { get; }

    public LinkedListNode<Waiter> Node { get; }

    /// <summary>Its texts, or all that the gate can hold where it has more.</summary>
    public int Weight { get; }

    /// <summary>Timestamp of its arrival.</summary>
    public long Since { get; }

    /// <summary>Whether what it does when it is let in is short enough for the thread that lets it in.</summary>
    public bool IsBrief { get; }

    public bool HasEnded => _end.GetStatus(_end.Version) != ValueTaskSourceStatus.Pending;

    /// <summary>To be awaited once.</summary>
    public ValueTask<Admission> End => new(this, _end.Version);

    /// <summary>Ends the wait; the caller goes on at the pool.</summary>
    public void Finish(Admission admission) => _end.SetResult(admission);

    /// <summary>Ends the wait; the caller goes on before this returns. Not under the gate's lock.</summary>
    public void FinishHere(Admission admission)
    {
        _end.RunContinuationsAsynchronously = false;
        _end.SetResult(admission);
    }

    public void Cancel(CancellationToken cancellationToken) => _end.SetException(new OperationCanceledException(cancellationToken));

    Admission IValueTaskSource<Admission>.GetResult(short token) => _end.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Admission>.GetStatus(short token) => _end.GetStatus(token);

    void IValueTaskSource<Admission>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);
}

/// <summary>Callers in the order of their arrival. Guarded by the gate's lock.</summary>
internal sealed class WaitingLine
{
    private readonly LinkedList<Waiter> _waiters = [];

    public Waiter? First => _waiters.First?.Value;

    public bool IsEmpty => _waiters.Count == 0;

    public int Texts { get; private set; }

    public void Join(Waiter waiter)
    {
        _waiters.AddLast(waiter.Node);
        Texts += waiter.Weight;
    }

    /// <summary>Takes a caller out, wherever it stands.</summary>
    /// <returns>False when it does not stand here any more.</returns>
    public bool Leave(Waiter waiter)
    {
        if (waiter.Node.List is null)
        {
            return false;
        }

        _waiters.Remove(waiter.Node);
        Texts -= waiter.Weight;
        return true;
    }
}
