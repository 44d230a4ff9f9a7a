using System.Threading.Tasks.Sources;

namespace KubeSentiment.Bench.Load;

/// <summary>Where one idle connection waits for its next request, without an allocation a wait.</summary>
/// <remarks>The continuation runs on the thread that gives the turn: the pacer itself writes the request, no hand-over in between.</remarks>
internal sealed class Turn : IValueTaskSource<Arrival>
{
    private ManualResetValueTaskSourceCore<Arrival> _core;

    public Turn() => Node = new LinkedListNode<Turn>(this);

    /// <summary>Its place among the idle.</summary>
    public LinkedListNode<Turn> Node { get; }

    public ValueTask<Arrival> WaitAsync()
    {
        _core.Reset();
        return new ValueTask<Arrival>(this, _core.Version);
    }

    public void Give(Arrival arrival) => _core.SetResult(arrival);

    public Arrival GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
