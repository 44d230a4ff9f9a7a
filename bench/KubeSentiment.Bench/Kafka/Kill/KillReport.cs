namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>What a read-committed reader saw in the end.</summary>
internal sealed record KillReport(
    int Seed,
    int Messages,
    int Results,
    int DeadLetters,
    int Missing,
    int Duplicated,
    int InTheWrongTopic,
    int OutOfOrder,
    int WorkerKills,
    int BrokerKills,
    int Freezes,
    int Restarts,
    int BadExits,
    double LongestPauseSeconds,
    double Seconds)
{
    /// <summary>Whether every message came out exactly once, in the right topic, in its key's order, and who was asked to stop did so with exit code 0.</summary>
    public bool IsRight => BadExits == 0 && Missing == 0 && Duplicated == 0 && InTheWrongTopic == 0 && OutOfOrder == 0 && Results + DeadLetters == Messages;
}
