namespace KubeSentiment.Load;

/// <summary>A caller that waits at the gate.</summary>
internal sealed class Waiter
{
    // Whoever lets a caller in holds the gate's lock: the caller goes on elsewhere.
    private readonly TaskCompletionSource<Admission> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Waiter(AdmissionController gate, WaitingLine line, int weight, long since)
    {
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

    public Task<Admission> End => _end.Task;

    public void Finish(Admission admission) => _end.SetResult(admission);

    public void Cancel(CancellationToken cancellationToken) => _end.SetCanceled(cancellationToken);
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
