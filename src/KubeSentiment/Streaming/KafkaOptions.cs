using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using KubeSentiment.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Streaming;

/// <summary>Kafka in, Kafka out: the brokers, the topics, how many consumers a pod runs and how they behave.</summary>
[Settings("Kafka")]
internal sealed class KafkaOptions : IValidatableObject
{
    /// <summary>How often what keeps a consumer from polling, a transaction or the wait at a rebalance, must fit in the interval after which one that does not poll is expelled.</summary>
    private const int PausesInAPoll = 2;

    /// <summary>Reads texts from a topic and writes predictions to another. Off, nothing of it starts.</summary>
    [Setting("KAFKA_ENABLED")]
    public bool Enabled { get; set; }

    /// <summary>Brokers to begin with, as <c>host:port,host:port</c>; the others are found by themselves.</summary>
    [Setting("KAFKA_BOOTSTRAP_SERVERS"), StringLength(4096, MinimumLength = 1)]
    public string BootstrapServers { get; set; } = "localhost:9092";

    /// <summary>Consumer group. All replicas of an installation share one; another group begins where <c>MLOPS_KAFKA_AUTO_OFFSET_RESET</c> says.</summary>
    [Setting("KAFKA_CONSUMER_GROUP"), StringLength(200, MinimumLength = 1)]
    public string ConsumerGroup { get; set; } = "kubesentiment_consumer_group";

    /// <summary>Topic of the texts.</summary>
    [Setting("KAFKA_TOPIC"), TopicName]
    public string Topic { get; set; } = "sentiment_requests";

    /// <summary>Topic of the predictions. With as many partitions as the texts', a text's prediction is in the partition of the same number.</summary>
    [Setting("KAFKA_RESULTS_TOPIC"), TopicName]
    public string ResultsTopic { get; set; } = "sentiment_results";

    /// <summary>Topic that <c>POST /api/v1/feedback</c> writes to.</summary>
    [Setting("KAFKA_FEEDBACK_TOPIC"), TopicName]
    public string FeedbackTopic { get; set; } = "sentiment_feedback";

    /// <summary>Topic of the messages that cannot be processed.</summary>
    [Setting("KAFKA_DLQ_TOPIC"), TopicName]
    public string DlqTopic { get; set; } = "sentiment_requests_dlq";

    /// <summary>Keeps messages that cannot be processed in <c>MLOPS_KAFKA_DLQ_TOPIC</c>. Off, they are skipped and only counted.</summary>
    [Setting("KAFKA_DLQ_ENABLED")]
    public bool DlqEnabled { get; set; } = true;

    /// <summary>
    /// Where a group begins that has no offsets yet: Latest with what comes from now on, Earliest with everything the topic holds. From then on nothing is left out: partitions that are added later, and those whose
    /// offsets the topic no longer holds, are read from their beginning.
    /// </summary>
    [Setting("KAFKA_AUTO_OFFSET_RESET")]
    public OffsetReset AutoOffsetReset { get; set; } = OffsetReset.Latest;

    /// <summary>
    /// How partitions are shared out. Sticky moves as few as it can and stops nobody else while it does (cooperative); all members of a group must agree: who comes
    /// with another is not let in until those before have left.
    /// </summary>
    [Setting("KAFKA_PARTITION_ASSIGNMENT_STRATEGY")]
    public AssignmentStrategy PartitionAssignmentStrategy { get; set; } = AssignmentStrategy.RoundRobin;

    /// <summary>Consumers in this process, each with a thread and a producer of its own. More than the topic's partitions over all replicas are idle.</summary>
    [Setting("KAFKA_CONSUMER_THREADS"), Range(1, 256)]
    public int ConsumerThreads { get; set; } = 4;

    /// <summary>Most messages in one transaction. Raise it for throughput, lower it for results that are visible sooner.</summary>
    [Setting("KAFKA_BATCH_SIZE"), Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>Most bytes of messages in one transaction, the last message aside; by default 4 MiB. It bounds the memory of a consumer where messages are large.</summary>
    [Setting("KAFKA_BATCH_BYTES"), Range(1_024, 268_435_456)]
    public int BatchBytes { get; set; } = 4_194_304;

    /// <summary>After so long without a heartbeat a consumer counts as dead, and others take over. Lower it to notice a lost node sooner.</summary>
    [Setting("KAFKA_SESSION_TIMEOUT_MS"), Duration(1_000, 1_800_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromMilliseconds(30_000);

    /// <summary>How often a consumer says that it lives; at most a third of the session timeout.</summary>
    [Setting("KAFKA_HEARTBEAT_INTERVAL_MS"), Duration(100, 600_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(3_000);

    /// <summary>A consumer that has not polled for so long is expelled from its group. Consumers poll while they wait, so this is reached only by a loop that is stuck.</summary>
    [Setting("KAFKA_MAX_POLL_INTERVAL_MS"), Duration(10_000, 86_400_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromMilliseconds(300_000);

    /// <summary>How often a text is tried again on which the model fails while it answers others; then the message is a dead letter.</summary>
    [Setting("KAFKA_MAX_RETRIES"), Range(0, 100)]
    public int MaxRetries { get; set; } = 3;

    /// <summary>Which replicas of a partition must have a message before it counts as written. Transactions need all.</summary>
    [Setting("KAFKA_PRODUCER_ACKS"), AllowedValues("all", "1", "0")]
    public string ProducerAcks { get; set; } = "all";

    /// <summary>How long a producer waits for company before it sends a message. A commit does not wait for it. Below the transaction and the feedback timeout.</summary>
    [Setting("KAFKA_PRODUCER_LINGER_MS"), Duration(0, 10_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan ProducerLinger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How what is written is compressed.</summary>
    [Setting("KAFKA_PRODUCER_COMPRESSION_TYPE"), AllowedValues("none", "gzip", "snappy", "lz4", "zstd")]
    public string ProducerCompressionType { get; set; } = "lz4";

    /// <summary>
    /// ExactlyOnce writes results and offsets in one transaction. AtLeastOnce is for brokers without transactions: after a failure some results come twice.
    /// </summary>
    [Setting("KAFKA_DELIVERY")]
    public KafkaDelivery Delivery { get; set; } = KafkaDelivery.ExactlyOnce;

    /// <summary>
    /// Longest transaction; the broker aborts a longer one. Readers of committed results wait for so long behind a transaction whose pod was lost for good, so keep it short.
    /// </summary>
    [Setting("KAFKA_TRANSACTION_TIMEOUT_MS"), Duration(1_000, 300_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromMilliseconds(10_000);

    /// <summary>
    /// Longest wait for predictions in hand when partitions are to be given up; what is not finished by then is left to their next owner. Also how long they may take at a stop.
    /// Nobody polls meanwhile, so it is at most half of <c>MLOPS_KAFKA_MAX_POLL_INTERVAL_MS</c> and of <c>MLOPS_KAFKA_STALL_TIMEOUT</c>.
    /// </summary>
    [Setting("KAFKA_REBALANCE_WAIT_MS"), Duration(0, 60_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan RebalanceWait { get; set; } = TimeSpan.FromMilliseconds(2_000);

    /// <summary>A consumer loop that does not come round for so long fails <c>/live</c>, so that the pod is restarted. Keep it well above the transaction timeout.</summary>
    [Setting("KAFKA_STALL_TIMEOUT"), Duration(5, 86_400)]
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Name of this process in the group and in its transactions. No two may share one at a time, and a restarted process should keep its own: then it ends at once what the
    /// killed one left open. In Kubernetes the pod's name does.
    /// </summary>
    [Setting("KAFKA_INSTANCE_ID", DefaultText = "host name and port"), RegularExpression("[A-Za-z0-9._-]{1,100}", ErrorMessage = "1 to 100 letters, digits, dots, underscores and hyphens")]
    public string? InstanceId { get; set; }

    /// <summary>
    /// Keeps a restarted process' partitions for it until the session timeout, so that a quick restart moves nothing (static membership). Only for pods with lasting names, as a
    /// StatefulSet gives.
    /// </summary>
    [Setting("KAFKA_STATIC_MEMBERSHIP")]
    public bool StaticMembership { get; set; }

    /// <summary>Zone of this process, to read from a replica nearby. Give it the node's zone where brokers have <c>broker.rack</c> and a replica selector.</summary>
    [Setting("KAFKA_CLIENT_RACK"), StringLength(200)]
    public string? ClientRack { get; set; }

    /// <summary>
    /// How the group is run: Classic by its members, Consumer by the broker (KIP-848, Kafka 4). With Consumer the broker sets session timeout, heartbeat and strategy, but range
    /// stays range; all others are the broker's uniform.
    /// </summary>
    [Setting("KAFKA_GROUP_PROTOCOL")]
    public GroupProtocol GroupProtocol { get; set; } = GroupProtocol.Classic;

    /// <summary>Creates topics that are missing, at the start. Leave it off where topics are somebody's own business.</summary>
    [Setting("KAFKA_CREATE_TOPICS")]
    public bool CreateTopics { get; set; }

    /// <summary>Partitions of created topics: as many consumers can share the work at most.</summary>
    [Setting("KAFKA_TOPIC_PARTITIONS"), Range(1, 10_000)]
    public int TopicPartitions { get; set; } = 12;

    /// <summary>Replicas of the partitions of created topics; 0 takes the broker's default.</summary>
    [Setting("KAFKA_TOPIC_REPLICATION_FACTOR"), Range(0, 100)]
    public int TopicReplicationFactor { get; set; }

    /// <summary>Largest message that is written. Keep it at or below the topics' and the brokers' own limit; larger results are dead letters, larger dead letters lose their value.</summary>
    [Setting("KAFKA_MAX_MESSAGE_BYTES"), Range(1_024, 1_000_000_000)]
    public int MaxMessageBytes { get; set; } = 1_000_000;

    /// <summary>Longest time that <c>POST /api/v1/feedback</c> waits for Kafka.</summary>
    [Setting("KAFKA_FEEDBACK_TIMEOUT_MS"), Duration(100, 60_000, Unit = TimeUnit.Milliseconds)]
    public TimeSpan FeedbackTimeout { get; set; } = TimeSpan.FromMilliseconds(5_000);

    /// <summary>
    /// Properties of librdkafka that are passed through, such as security: <c>MLOPS_KAFKA_PROPERTY_SASL_USERNAME</c> sets <c>sasl.username</c>. Those that the service
    /// sets by itself cannot be set.
    /// </summary>
    [Setting("KAFKA_PROPERTY_", Secret = true), KafkaProperty]
    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    /// <summary>What is wrong in combination. Of two that do not fit, the one that was changed is named.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var defaults = new KafkaOptions();
        if (HeartbeatInterval > SessionTimeout / 3)
        {
            yield return Misfit("leaves less than three heartbeats in MLOPS_KAFKA_SESSION_TIMEOUT_MS", HeartbeatInterval != defaults.HeartbeatInterval, nameof(HeartbeatInterval), nameof(SessionTimeout));
        }

        if (SessionTimeout > MaxPollInterval)
        {
            yield return Misfit(
                "does not fit: MLOPS_KAFKA_SESSION_TIMEOUT_MS is longer than MLOPS_KAFKA_MAX_POLL_INTERVAL_MS",
                SessionTimeout != defaults.SessionTimeout, nameof(SessionTimeout), nameof(MaxPollInterval));
        }

        if (TransactionTimeout * PausesInAPoll > MaxPollInterval)
        {
            yield return Misfit(
                "does not fit: MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS is more than half of MLOPS_KAFKA_MAX_POLL_INTERVAL_MS",
                TransactionTimeout != defaults.TransactionTimeout, nameof(TransactionTimeout), nameof(MaxPollInterval));
        }

        if (TransactionTimeout * PausesInAPoll > StallTimeout)
        {
            yield return Misfit(
                "does not fit: MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS is more than half of MLOPS_KAFKA_STALL_TIMEOUT",
                StallTimeout != defaults.StallTimeout, nameof(StallTimeout), nameof(TransactionTimeout));
        }

        if (RebalanceWait * PausesInAPoll > MaxPollInterval)
        {
            yield return Misfit(
                "does not fit: MLOPS_KAFKA_REBALANCE_WAIT_MS is more than half of MLOPS_KAFKA_MAX_POLL_INTERVAL_MS",
                RebalanceWait != defaults.RebalanceWait, nameof(RebalanceWait), nameof(MaxPollInterval));
        }

        if (RebalanceWait * PausesInAPoll > StallTimeout)
        {
            yield return Misfit(
                "does not fit: MLOPS_KAFKA_REBALANCE_WAIT_MS is more than half of MLOPS_KAFKA_STALL_TIMEOUT",
                RebalanceWait != defaults.RebalanceWait, nameof(RebalanceWait), nameof(StallTimeout));
        }

        if (Delivery == KafkaDelivery.ExactlyOnce && ProducerAcks != "all")
        {
            yield return new ValidationResult("does not fit MLOPS_KAFKA_DELIVERY: exactly once needs all", [nameof(ProducerAcks), nameof(Delivery)]);
        }

        if (ProducerLinger >= TransactionTimeout || ProducerLinger >= FeedbackTimeout)
        {
            // The library makes no producer that may give up a message before it has sent it.
            var shorter = ProducerLinger >= TransactionTimeout ? nameof(TransactionTimeout) : nameof(FeedbackTimeout);
            var variable = shorter == nameof(TransactionTimeout) ? "MLOPS_KAFKA_TRANSACTION_TIMEOUT_MS" : "MLOPS_KAFKA_FEEDBACK_TIMEOUT_MS";
            yield return new ValidationResult($"does not fit: it must be below {variable}", [nameof(ProducerLinger), shorter]);
        }
        else if (Enabled && Properties.Count > 0
            && new KafkaClients(this, new KafkaIdentity(this, new ServiceOptions()), TimeProvider.System, NullLogger<KafkaClients>.Instance).Fault() is { } fault)
        {
            yield return new ValidationResult(fault, [nameof(Properties)]);
        }

        if (new[] { Topic, ResultsTopic, FeedbackTopic, DlqTopic }.Distinct().Count() < 4)
        {
            yield return new ValidationResult(
                "is used twice: the topics must differ", [Topic != defaults.Topic ? nameof(Topic) : ResultsTopic != defaults.ResultsTopic ? nameof(ResultsTopic) : FeedbackTopic != defaults.FeedbackTopic ? nameof(FeedbackTopic) : nameof(DlqTopic)]);
        }
    }

    private static ValidationResult Misfit(string message, bool isFirstChanged, string first, string second) =>
        new(message, isFirstChanged ? [first, second] : [second, first]);
}

/// <summary>What a result is worth after a failure.</summary>
internal enum KafkaDelivery
{
    ExactlyOnce,
    AtLeastOnce,
}

/// <summary>Where a group begins that has no offsets.</summary>
internal enum OffsetReset
{
    Latest,
    Earliest,
}

/// <summary>How partitions are shared out.</summary>
internal enum AssignmentStrategy
{
    Range,
    RoundRobin,
    Sticky,
}
