namespace KubeSentiment.Resilience;

/// <summary>A call that was let in. Report its end once; further reports of a trial are ignored.</summary>
public readonly record struct CircuitCall
{
    private readonly CircuitBreaker? _breaker;
    private readonly long _stamp;

    internal CircuitCall(CircuitBreaker breaker, long stamp)
    {
        _breaker = breaker;
        _stamp = stamp;
    }

    /// <summary>The dependency answered.</summary>
    public void Succeeded() => _breaker?.Succeeded(_stamp);

    /// <summary>The dependency failed.</summary>
    public void Failed() => _breaker?.Failed(_stamp);

    /// <summary>Cancelled, or the client's own mistake: says nothing about the dependency, and gives a trial back.</summary>
    public void Abandoned() => _breaker?.Abandoned(_stamp);
}
