namespace KubeSentiment.Api.Contracts;

/// <summary>The consumers of this replica.</summary>
/// <param name="InstanceId">The replica's name in Kafka.</param>
/// <param name="ConsumerGroup">Its group.</param>
/// <param name="Topic">The topic it reads.</param>
/// <param name="Threads">How many consumers run.</param>
/// <param name="Lag">Messages not yet processed in the partitions of this replica.</param>
/// <param name="Consumers">Each consumer.</param>
internal sealed record KafkaConsumerAnswer(
    string InstanceId, string ConsumerGroup, string Topic, int Threads, long Lag, IReadOnlyList<KafkaConsumerThread> Consumers);

/// <summary>One consumer.</summary>
/// <param name="Thread">Its number.</param>
/// <param name="State">starting, running, waiting (for the service), recovering (waiting for Kafka) or stopped.</param>
/// <param name="SecondsSinceLastPoll">Time since it last polled.</param>
/// <param name="Partitions">The partitions it has.</param>
internal sealed record KafkaConsumerThread(int Thread, string State, double SecondsSinceLastPoll, IReadOnlyList<KafkaPartition> Partitions);

/// <summary>One partition.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Position">The next offset to process; left out while none is known.</param>
/// <param name="End">The offset after the last message; left out while the broker has not told.</param>
/// <param name="Lag">Messages not yet processed; left out while that is not known.</param>
internal sealed record KafkaPartition(int Partition, long? Position, long? End, long? Lag);

/// <summary>What the consumers of this replica have done since its start.</summary>
/// <param name="Topic">The topic they read.</param>
/// <param name="MessagesConsumed">Messages read, those that came again included.</param>
/// <param name="MessagesProcessed">Messages whose result or dead letter is committed.</param>
/// <param name="DeadLetters">Messages that cannot be processed, those that came again included.</param>
/// <param name="BatchesCommitted">Batches written.</param>
/// <param name="BatchesNotCommitted">Batches that were aborted or failed; their messages come again.</param>
/// <param name="ThroughputTps">Messages processed a second, over the last ten seconds.</param>
/// <param name="Lag">Messages not yet processed in the partitions of this replica.</param>
/// <param name="AssignedPartitions">How many partitions this replica has.</param>
internal sealed record KafkaMetricsAnswer(
    string Topic,
    long MessagesConsumed,
    long MessagesProcessed,
    long DeadLetters,
    long BatchesCommitted,
    long BatchesNotCommitted,
    double ThroughputTps,
    long Lag,
    int AssignedPartitions);
