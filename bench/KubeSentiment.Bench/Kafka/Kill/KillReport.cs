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
    double Seconds)
{
    /// <summary>Whether every message came out exactly once, in the right topic, in its key's order.</summary>
    public bool IsRight => Missing == 0 && Duplicated == 0 && InTheWrongTopic == 0 && OutOfOrder == 0 && Results + DeadLetters == Messages;
}
