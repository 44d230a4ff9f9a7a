namespace KubeSentiment.Observability;

/// <summary>Whether this replica wants traffic: it starts, is ready, and in the end drains.</summary>
internal sealed class Readiness
{
    private volatile ReadinessState _state = ReadinessState.Starting;

    public ReadinessState State => _state;

    /// <summary>Warm-up is over. Does nothing when the service is already on its way out.</summary>
    public void BecomeReady() => Interlocked.CompareExchange(ref _state, ReadinessState.Ready, ReadinessState.Starting);

    /// <summary>The stop signal came: no new traffic, please; what still arrives is served.</summary>
    public void Drain() => _state = ReadinessState.Draining;
}

/// <summary>See <see cref="Readiness"/>.</summary>
internal enum ReadinessState
{
    Starting,
    Ready,
    Draining,
}
