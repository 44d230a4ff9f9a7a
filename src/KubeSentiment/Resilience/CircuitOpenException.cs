namespace KubeSentiment.Resilience;

/// <summary>The breaker let no call through; nothing was tried.</summary>
public sealed class CircuitOpenException(string name, TimeSpan retryAfter) : Exception($"The circuit breaker '{name}' is open.")
{
    /// <summary>The breaker's name.</summary>
    public string Name { get; } = name;

    /// <summary>How long until a trial may go through; zero while one is under way.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
