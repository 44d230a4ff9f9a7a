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
/// <para>Texts of the background (Kafka, jobs) have lanes of their own, and a batch is of one kind. While somebody asked for a text of his own within the last
/// <c>Lately</c>:</para>
/// <list type="number">
/// <item>his texts go first;</item>
/// <item>the background begins a run only where that leaves a worker without one, so that a newcomer does not wait for a run that nobody waits for;</item>
/// <item>and its runs are short, for those who come after him, and where there is only one worker.</item>
/// </list>
/// <para>It does not starve: when none of it runs and <c>MostPasses</c> batches have gone before it, the next one is its.</para>
/// <para>All state is guarded by <c>_lock</c>; the time under it is a few microseconds a batch.</para>
/// </remarks>
internal sealed class PendingQueue
{
    /// <summary>Long enough to bridge the pauses of a steady trickle of requests, short enough to give the background everything soon after.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(2);

    /// <summary>One or two sentences, 3 to 5 ms with the built-in model on one core; a run's overhead is then a sixth of it.</summary>
    private const int ShortRunTokens = 32;

    private const int MostPasses = 7;

    // A monitor, not a Lock: idle workers wait on it.
    private readonly object _lock = new();
    private readonly Queue<PendingInference>[] _interactive;
    private readonly Queue<PendingInference>[] _background;
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly int _tokenBudget;
    private readonly int _runOverheadTokens;
    private readonly int _workers;
    private long _sequence;
    private long? _lastInteractive;
    private int _count;
    private int _backgroundCount;
    private int _runs;
    private int _backgroundRuns;
    private int _passes;
    private int _idleWorkers;
    private bool _closed;

    /// <summary>An empty queue.</summary>
    /// <param name="maxTokens">Longest text of the model.</param>
    /// <param name="capacity">Most texts that may wait.</param>
    /// <param name="tokenBudget">Most padded tokens in a batch; one text alone may exceed it.</param>
    /// <param name="runOverheadTokens">What a run costs beside its tokens, in tokens.</param>
    /// <param name="time">Stamps the arrivals.</param>
    /// <param name="workers">How many take batches.</param>
    public PendingQueue(int maxTokens, int capacity, int tokenBudget, int runOverheadTokens, TimeProvider time, int workers = 1)
    {
        _capacity = capacity;
        _tokenBudget = tokenBudget;
        _runOverheadTokens = runOverheadTokens;
        _workers = workers;
        _time = time;
        _interactive = NewLanes(maxTokens);
        _background = NewLanes(maxTokens);
    }

    /// <summary>Texts waiting, those of callers who went away included until a worker passes them.</summary>
    public int Count => Volatile.Read(ref _count);

    public int Capacity => _capacity;

    /// <summary>Workers that wait for texts.</summary>
    public int IdleWorkers => Volatile.Read(ref _idleWorkers);

    /// <summary>Takes all of the texts or, when there is no room for all, none.</summary>
    public bool TryEnqueue(ReadOnlySpan<PendingInference> texts)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_count + texts.Length > _capacity)
            {
                return false;
            }

            var now = _time.GetTimestamp();
            foreach (var text in texts)
            {
                text.Sequence = _sequence++;
                text.EnqueuedAt = now;
                if (text.IsBackground)
                {
                    _background[text.Length].Enqueue(text);
                    _backgroundCount++;
                }
                else
                {
                    _interactive[text.Length].Enqueue(text);
                    _lastInteractive = now;
                }
            }

            _count += texts.Length;
            for (var wake = Math.Min(_idleWorkers, texts.Length); wake > 0; wake--)
            {
                Monitor.Pulse(_lock);
            }

            return true;
        }
    }

    /// <summary>Blocks until there is a batch for this worker, and fills <paramref name="batch"/> with it.</summary>
    /// <param name="batch">The worker's last batch, which it has run.</param>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool Take(List<PendingInference> batch)
    {
        lock (_lock)
        {
            _runs -= batch.Count > 0 ? 1 : 0;
            _backgroundRuns -= batch is [{ IsBackground: true }, ..] ? 1 : 0;
            batch.Clear();
            while (true)
            {
                FillBatch_NeedsLock(batch);
                if (batch.Count > 0)
                {
                    _runs++;
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

    private static Queue<PendingInference>[] NewLanes(int maxTokens)
    {
        var lanes = new Queue<PendingInference>[maxTokens + 1];
        for (var length = 0; length < lanes.Length; length++)
        {
            lanes[length] = new Queue<PendingInference>(capacity: 0);
        }

        return lanes;
    }

    private void FillBatch_NeedsLock(List<PendingInference> batch)
    {
        var isLately = !_closed && _lastInteractive is { } last && _time.GetElapsedTime(last) < Lately;
        var leavesAWorker = _runs < Math.Max(1, _workers - 1);
        var isStarving = _backgroundCount > 0 && _backgroundRuns == 0 && _passes >= MostPasses;
        if (!isStarving && FillBatch_NeedsLock(batch, _interactive, _tokenBudget))
        {
            _passes += _backgroundCount > 0 && _backgroundRuns == 0 ? 1 : 0;
            return;
        }

        if ((!isLately || isStarving || leavesAWorker) && FillBatch_NeedsLock(batch, _background, isLately ? Math.Min(ShortRunTokens, _tokenBudget) : _tokenBudget))
        {
            _backgroundRuns++;
            _passes = 0;
            return;
        }

        // Those who starved were dead.
        if (isStarving)
        {
            FillBatch_NeedsLock(batch, _interactive, _tokenBudget);
        }
    }

    private bool FillBatch_NeedsLock(List<PendingInference> batch, Queue<PendingInference>[] lanes, int budget)
    {
        var anchor = OldestLane_NeedsLock(lanes);
        if (anchor < 0)
        {
            return false;
        }

        var waiting = lanes == _background ? _backgroundCount : _count - _backgroundCount;
        var share = (waiting + _idleWorkers) / (_idleWorkers + 1);
        TakeLane_NeedsLock(lanes[anchor], anchor, budget, share, batch);

        var longest = anchor;
        for (var distance = 1; distance < _runOverheadTokens; distance++)
        {
            var shorter = anchor - distance;
            if (shorter >= 0 && lanes[shorter].Count * (longest - shorter) < _runOverheadTokens)
            {
                TakeLane_NeedsLock(lanes[shorter], longest, budget, share, batch);
            }

            var longer = anchor + distance;
            if (longer < lanes.Length && lanes[longer].Count > 0
                && batch.Count * (longer - longest) < _runOverheadTokens
                && (batch.Count + 1) * longer <= budget && batch.Count < share)
            {
                longest = longer;
                TakeLane_NeedsLock(lanes[longer], longest, budget, share, batch);
            }
        }

        return true;
    }

    /// <summary>The lane whose first living text came first, or -1; the dead in front are dropped on the way.</summary>
    private int OldestLane_NeedsLock(Queue<PendingInference>[] lanes)
    {
        var oldest = -1;
        var sequence = long.MaxValue;
        for (var length = 0; length < lanes.Length; length++)
        {
            while (lanes[length].TryPeek(out var head))
            {
                if (head.IsDone)
                {
                    Dequeue_NeedsLock(lanes[length]);
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

    private void TakeLane_NeedsLock(Queue<PendingInference> lane, int longest, int budget, int share, List<PendingInference> batch)
    {
        while (lane.Count > 0 && batch.Count < share && (batch.Count == 0 || (batch.Count + 1) * longest <= budget))
        {
            var text = Dequeue_NeedsLock(lane);
            if (!text.IsDone)
            {
                batch.Add(text);
            }
        }
    }

    private PendingInference Dequeue_NeedsLock(Queue<PendingInference> lane)
    {
        var text = lane.Dequeue();
        _count--;
        _backgroundCount -= text.IsBackground ? 1 : 0;
        return text;
    }
}
