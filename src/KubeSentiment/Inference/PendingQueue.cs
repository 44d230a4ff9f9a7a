namespace KubeSentiment.Inference;

/// <summary>The bounded queue in front of the workers, which hands out batches of like lengths.</summary>
/// <remarks>
/// <para>Texts wait in one first-in-first-out lane for each length in tokens. A batch is made when a worker asks for it, never before, so an idle service
/// answers at once and a busy one batches by itself:</para>
/// <list type="number">
/// <item>The oldest text of all opens the batch: nothing can starve.</item>
/// <item>Its lane follows, then the nearest lanes on both sides, up to the token budget (rows x longest row: padding is paid for like text).</item>
/// <item>A lane joins only while the padding it causes costs less than a run of its own would, <c>runOverheadTokens</c>: beyond that, two runs are faster
/// than one.</item>
/// <item>While other workers are idle, a batch takes only its share of what waits.</item>
/// </list>
/// <para>All state is guarded by <c>_lock</c>; the time under it is a few microseconds a batch.</para>
/// </remarks>
internal sealed class PendingQueue
{
    // A monitor, not a Lock: idle workers wait on it.
    private readonly object _lock = new();
    private readonly Queue<PendingInference>[] _lanes;
    private readonly TimeProvider _time;
    private readonly QueuePlaces _places;
    private readonly int _tokenBudget;
    private readonly int _runOverheadTokens;
    private long _sequence;
    private int _count;
    private int _idleWorkers;
    private bool _closed;

    /// <summary>An empty queue.</summary>
    /// <param name="maxTokens">Longest text of the model.</param>
    /// <param name="places">Whoever enters holds a place; of those who went away the queue gives it back, of the others whoever takes them.</param>
    /// <param name="tokenBudget">Most padded tokens in a batch; one text alone may exceed it.</param>
    /// <param name="runOverheadTokens">What a run costs beside its tokens, in tokens.</param>
    /// <param name="time">Stamps the arrivals.</param>
    public PendingQueue(int maxTokens, QueuePlaces places, int tokenBudget, int runOverheadTokens, TimeProvider time)
    {
        _places = places;
        _tokenBudget = tokenBudget;
        _runOverheadTokens = runOverheadTokens;
        _time = time;
        _lanes = new Queue<PendingInference>[maxTokens + 1];
        for (var length = 0; length < _lanes.Length; length++)
        {
            _lanes[length] = new Queue<PendingInference>(capacity: 0);
        }
    }

    /// <summary>Texts waiting, those of callers who went away included until a worker passes them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Workers that wait for texts.</summary>
    public int IdleWorkers => Volatile.Read(ref _idleWorkers);

    /// <summary>Takes texts in; each of them holds a place.</summary>
    public void Enqueue(ReadOnlySpan<PendingInference> texts)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var now = _time.GetTimestamp();
            foreach (var text in texts)
            {
                text.Sequence = _sequence++;
                text.EnqueuedAt = now;
                _lanes[text.Length].Enqueue(text);
            }

            _count += texts.Length;
            for (var wake = Math.Min(_idleWorkers, texts.Length); wake > 0; wake--)
            {
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Blocks until there is a batch, and fills <paramref name="batch"/> with it.</summary>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool Take(List<PendingInference> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            while (true)
            {
                FillBatch_NeedsLock(batch);
                if (batch.Count > 0)
                {
                    return true;
                }

                if (_closed)
                {
                    return false;
                }

                _idleWorkers++;
                Monitor.Wait(_lock);
                _idleWorkers--;
            }
        }
    }

    /// <summary>Refuses new texts; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void FillBatch_NeedsLock(List<PendingInference> batch)
    {
        var anchor = OldestLane_NeedsLock();
        if (anchor < 0)
        {
            return;
        }

        var share = (_count + _idleWorkers) / (_idleWorkers + 1);
        TakeLane_NeedsLock(anchor, anchor, share, batch);

        var longest = anchor;
        for (var distance = 1; distance < _runOverheadTokens; distance++)
        {
            var shorter = anchor - distance;
            if (shorter >= 0 && _lanes[shorter].Count * (longest - shorter) < _runOverheadTokens)
            {
                TakeLane_NeedsLock(shorter, longest, share, batch);
            }

            var longer = anchor + distance;
            if (longer < _lanes.Length && _lanes[longer].Count > 0
                && batch.Count * (longer - longest) < _runOverheadTokens
                && (batch.Count + 1) * longer <= _tokenBudget && batch.Count < share)
            {
                longest = longer;
                TakeLane_NeedsLock(longer, longest, share, batch);
            }
        }
    }

    /// <summary>The lane whose first living text came first, or -1; the dead in front are dropped on the way.</summary>
    private int OldestLane_NeedsLock()
    {
        var oldest = -1;
        var sequence = long.MaxValue;
        for (var length = 0; length < _lanes.Length; length++)
        {
            var lane = _lanes[length];
            while (lane.TryPeek(out var head))
            {
                if (head.IsDone)
                {
                    lane.Dequeue();
                    _count--;
                    _places.Return(1);
                    continue;
                }

                if (head.Sequence < sequence)
                {
                    (oldest, sequence) = (length, head.Sequence);
                }

                break;
            }
        }

        return oldest;
    }

    private void TakeLane_NeedsLock(int length, int longest, int share, List<PendingInference> batch)
    {
        var lane = _lanes[length];
        while (batch.Count < share && (batch.Count == 0 || (batch.Count + 1) * longest <= _tokenBudget) && lane.TryDequeue(out var text))
        {
            _count--;
            if (text.IsDone)
            {
                _places.Return(1);
            }
            else
            {
                batch.Add(text);
            }
        }
    }
}
