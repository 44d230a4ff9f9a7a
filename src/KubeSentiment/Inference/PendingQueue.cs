namespace KubeSentiment.Inference;

/// <summary>The bounded queue in front of the workers, which hands out batches.</summary>
/// <remarks>
/// <para>Texts wait in one first-in-first-out lane for each length in tokens. A batch is made when a worker asks for it, never before, so an idle service
/// answers at once and a busy one batches by itself. The oldest text of all opens it; which others join is the graph's matter (<see cref="LikeLengths"/>, <see cref="InOrder"/>). While other workers are idle, a batch
/// takes only its share of what waits.</para>
/// <para>Texts of the background (Kafka, jobs) have lanes of their own, and a batch is of one kind. While somebody asked for a text of his own within the last
/// <c>Lately</c>:</para>
/// <list type="number">
/// <item>his texts go first;</item>
/// <item>the background begins a run only where that leaves a worker without one, so that a newcomer does not wait for a run that nobody waits for;</item>
/// <item>and its runs are short, for those who come after him, and where there is only one worker.</item>
/// </list>
/// <para>It does not starve: when none of it runs and <c>MostPasses</c> batches have gone before it, the next one is its. A worker that is held back by 2. sleeps until the next text comes, even past <c>Lately</c>; what waits goes
/// to a worker whose run held it back, as soon as that ends. So on a service that is idle otherwise no text of the background waits for longer than a run, and then for its turn.</para>
/// <para>Where a second model reads what this queue's workers refer to it, its texts came first. Yet these go first while it is a matter of milliseconds: they are short work. A worker holds off
/// only when the first text of the <c>next</c> queue came more than <c>HeadStart</c> before the first one here. So while the service keeps up, texts in doubt cost the others nothing; and when it does
/// not, all wait equally long, instead of the doubtful ones for all.</para>
/// <para>All state is guarded by <c>_lock</c>; the time under it is a few microseconds a batch.</para>
/// </remarks>
internal sealed class PendingQueue
{
    /// <summary>Long enough to bridge the pauses of a steady trickle of requests, short enough to give the background everything soon after.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(2);

    /// <summary>One or two sentences, 3 to 5 ms with the built-in model on one core; a run's overhead is then a sixth of it.</summary>
    private const int ShortRunTokens = 32;

    private const int MostPasses = 7;

    private const long Nobody = long.MaxValue;

    /// <summary>A run of the full model takes about as long, or twice.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(5);

    // A monitor, not a Lock: idle workers wait on it.
    private readonly object _lock = new();
    private readonly TextLanes _interactive;
    private readonly TextLanes _background;
    private readonly IBatchOrder _order;
    private readonly TimeProvider _time;
    private readonly int _tokenBudget;
    private readonly int _workers;
    private readonly PendingQueue? _next;

    // Set while the queues are built. Its lock is taken under this one's, never the other way round.
    private PendingQueue? _previous;

    private long _sequence;
    private long? _lastInteractive;
    private int _runs;
    private int _backgroundRuns;
    private int _passes;
    private int _idleWorkers;
    private int _heldWorkers;
    private bool _closed;

    // Written under the lock, read by the queue before this one.
    private long _firstArrival = Nobody;

    /// <summary>An empty queue.</summary>
    /// <param name="maxTokens">Longest text of the model.</param>
    /// <param name="places">Whoever enters holds a place; of those who went away the queue gives it back, of the others whoever takes them.</param>
    /// <param name="tokenBudget">Most tokens in a batch; one text alone may exceed it.</param>
    /// <param name="order">Which texts share a batch.</param>
    /// <param name="time">Stamps the arrivals.</param>
    /// <param name="workers">How many take batches.</param>
    /// <param name="next">Where the workers pass on some of the texts; null when they answer all.</param>
    public PendingQueue(int maxTokens, QueuePlaces places, int tokenBudget, IBatchOrder order, TimeProvider time, int workers = 1, PendingQueue? next = null)
    {
        _interactive = new TextLanes(maxTokens, places);
        _background = new TextLanes(maxTokens, places);
        _order = order;
        _tokenBudget = tokenBudget;
        _workers = workers;
        _time = time;
        _next = next;
        if (next is not null)
        {
            next._previous = this;
        }
    }

    /// <summary>Texts waiting, those of callers who went away included until a worker passes them.</summary>
    public int Count => _interactive.Count + _background.Count;

    /// <summary>Workers that wait for texts.</summary>
    public int IdleWorkers => Volatile.Read(ref _idleWorkers);

    /// <summary>Workers that let the next queue go first.</summary>
    public int HeldWorkers => Volatile.Read(ref _heldWorkers);

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
                text.ArrivedAt ??= now;
                if (text.IsBackground)
                {
                    _background.Enqueue(text);
                }
                else
                {
                    _interactive.Enqueue(text);
                    _lastInteractive = now;
                    Volatile.Write(ref _firstArrival, Math.Min(_firstArrival, text.ArrivedAt.Value));
                }
            }

            for (var wake = Math.Min(_idleWorkers, texts.Length); wake > 0; wake--)
            {
                Monitor.Pulse(_lock);
            }
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
                while (NextGoesFirst_NeedsLock())
                {
                    _heldWorkers++;
                    Monitor.Wait(_lock);
                    _heldWorkers--;
                }

                FillBatch_NeedsLock(batch);
                if (_previous is not null)
                {
                    Volatile.Write(ref _firstArrival, FirstArrival_NeedsLock());
                    _previous.LookAgain();
                }

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

    private bool NextGoesFirst_NeedsLock()
    {
        if (_closed || _next is null || Volatile.Read(ref _next._firstArrival) is var theirs && theirs == Nobody)
        {
            return false;
        }

        var mine = FirstArrival_NeedsLock();
        return mine != Nobody && mine > theirs && _time.GetElapsedTime(theirs, mine) > HeadStart;
    }

    private long FirstArrival_NeedsLock() => _interactive.Oldest() is >= 0 and var length ? _interactive.First(length)?.ArrivedAt ?? Nobody : Nobody;

    /// <summary>The next queue has another first text. Without held workers nobody is woken: idle ones wait for something else.</summary>
    private void LookAgain()
    {
        lock (_lock)
        {
            if (_heldWorkers > 0)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void FillBatch_NeedsLock(List<PendingInference> batch)
    {
        var isLately = !_closed && _lastInteractive is { } last && _time.GetElapsedTime(last) < Lately;
        var leavesAWorker = _runs < Math.Max(1, _workers - 1);
        var isStarving = _background.Count > 0 && _backgroundRuns == 0 && _passes >= MostPasses;
        if (!isStarving && FillBatch_NeedsLock(batch, _interactive, _tokenBudget))
        {
            _passes += _background.Count > 0 && _backgroundRuns == 0 ? 1 : 0;
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

    private bool FillBatch_NeedsLock(List<PendingInference> batch, TextLanes lanes, int budget) =>
        _order.Fill(lanes, budget, most: (lanes.Count + _idleWorkers) / (_idleWorkers + 1), batch);
}
