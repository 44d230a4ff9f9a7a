namespace KubeSentiment.Resilience;

/// <summary>The states' names in answers, metrics and logs.</summary>
internal static class CircuitStates
{
    public static string Word(this CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half_open",
        _ => "open",
    };
}
