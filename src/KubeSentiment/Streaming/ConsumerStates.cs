namespace KubeSentiment.Streaming;

/// <summary>The states' names in answers and metrics.</summary>
internal static class ConsumerStates
{
    public static string Word(this ConsumerState state) => state switch
    {
        ConsumerState.Starting => "starting",
        ConsumerState.Running => "running",
        ConsumerState.Waiting => "waiting",
        ConsumerState.Recovering => "recovering",
        _ => "stopped",
    };
}
