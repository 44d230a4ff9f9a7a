using Confluent.Kafka;
using KubeSentiment.Observability;

namespace KubeSentiment.Streaming;

/// <summary>Makes the clients of librdkafka, with the settings that each needs to keep the promises of this room.</summary>
internal sealed partial class KafkaClients(KafkaOptions options, KafkaIdentity identity, TimeProvider time, ILogger<KafkaClients> logger)
{
    /// <summary>What a consumer fetches ahead, at most: enough for some batches, little enough for the pod's memory.</summary>
    private const int PrefetchedKilobytes = 8_192;

    private const int PrefetchedMessages = 10_000;

    /// <summary>The library's ten seconds would make every restart of a broker an outage of that length.</summary>
    private const int LongestReconnectMilliseconds = 1_000;

    /// <summary>How much longer than its own time limit a call into the library may take before it counts as stuck.</summary>
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(2);

    private readonly RepeatFilter<ErrorCode> _errors = new(time);
    private readonly RepeatFilter<string> _sayings = new(time);

    /// <summary>A consumer that has subscribed.</summary>
    public IConsumer<byte[]?, byte[]?> OpenConsumer(int thread, IRebalanceListener listener)
    {
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ConsumerConfig(thread))
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler((_, error) => Log(error))
            .SetPartitionsAssignedHandler((assignee, partitions) =>
            {
                if (options.AutoOffsetReset == OffsetReset.Latest)
                {
                    GroupStart.AtTheEnd(assignee, options.Topic, partitions);
                }

                listener.Assigned(partitions);
            })
            .SetPartitionsRevokedHandler((_, partitions) => listener.Revoked(partitions.ConvertAll(partition => partition.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => listener.Lost(partitions.ConvertAll(partition => partition.TopicPartition)))
            .Build();
        consumer.Subscribe(options.Topic);
        return consumer;
    }

    internal ConsumerConfig ConsumerConfig(int thread)
    {
        var config = new ConsumerConfig(Common(thread))
        {
            GroupId = options.ConsumerGroup,
            GroupInstanceId = options.StaticMembership ? identity.Thread(thread) : null,
            // Where the group has no offset nothing of the partition is processed: see GroupStart, which gives it one where it should begin later.
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            MaxPollIntervalMs = (int)options.MaxPollInterval.TotalMilliseconds,
            ClientRack = options.ClientRack,
        };
        config.QueuedMaxMessagesKbytes ??= PrefetchedKilobytes;
        config.QueuedMinMessages ??= PrefetchedMessages;
        if (options.GroupProtocol == GroupProtocol.Classic)
        {
            config.SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds;
            config.HeartbeatIntervalMs = (int)options.HeartbeatInterval.TotalMilliseconds;
            config.PartitionAssignmentStrategy = options.PartitionAssignmentStrategy switch
            {
                AssignmentStrategy.Range => PartitionAssignmentStrategy.Range,
                AssignmentStrategy.Sticky => PartitionAssignmentStrategy.CooperativeSticky,
                _ => PartitionAssignmentStrategy.RoundRobin,
            };
        }
        else
        {
            config.GroupProtocol = GroupProtocol.Consumer;
            config.GroupRemoteAssignor = options.PartitionAssignmentStrategy == AssignmentStrategy.Range ? "range" : "uniform";
        }

        return config;
    }

    /// <summary>The output that the options ask for, ready for its first batch. Blocks until the brokers answer or the time is up.</summary>
    /// <exception cref="KafkaException">They did not, or not as hoped.</exception>
    public IBatchOutput OpenOutput(int thread, TimeSpan limit, ILogger log)
    {
        var exactlyOnce = options.Delivery == KafkaDelivery.ExactlyOnce;
        var errors = new ProducerErrors();
        var producer = Build(OutputConfig(thread), errors);
        try
        {
            if (exactlyOnce)
            {
                // Ends what an earlier process of this name left open.
                producer.InitTransactions(limit);
            }

            var topics = TopicsOf(producer, limit);
            return exactlyOnce
                ? new TransactionalOutput(producer, topics, errors, options.TransactionTimeout, CallPatience, time, log)
                : new AtLeastOnceOutput(producer, topics, errors, options.TransactionTimeout, CallPatience, time, log);
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    private ProducerConfig OutputConfig(int thread)
    {
        var config = ProducerConfig(thread);
        if (options.Delivery == KafkaDelivery.ExactlyOnce)
        {
            config.TransactionalId = identity.TransactionalId(thread);
            config.TransactionTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds;
            // The commit knows what was not delivered; reports on single messages would only cost.
            config.EnableDeliveryReports = false;
        }
        else
        {
            config.EnableIdempotence = options.ProducerAcks == "all";
            config.MessageTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds;
        }

        return config;
    }

    /// <summary>A producer without transactions, whose messages are acknowledged one by one within <paramref name="limit"/>.</summary>
    public IProducer<byte[]?, byte[]?> OpenProducer(string name, TimeSpan limit, ProducerErrors errors) => Build(MessageConfig(name, limit), errors);

    private ProducerConfig MessageConfig(string name, TimeSpan limit)
    {
        var config = ProducerConfig(name);
        config.EnableIdempotence = options.ProducerAcks == "all";
        config.MessageTimeoutMs = (int)limit.TotalMilliseconds;
        return config;
    }

    public IAdminClient OpenAdmin() => new AdminClientBuilder(Common("admin")).SetLogHandler((_, message) => Log(message)).SetErrorHandler((_, error) => Log(error)).Build();

    private IProducer<byte[]?, byte[]?> Build(ProducerConfig config, ProducerErrors errors) => new ProducerBuilder<byte[]?, byte[]?>(config)
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler((_, error) =>
        {
            errors.Note(error);
            Log(error);
        })
        .Build();

    private OutputTopics TopicsOf(IProducer<byte[]?, byte[]?> producer, TimeSpan limit)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        return new OutputTopics(Target(options.ResultsTopic), options.DlqEnabled ? Target(options.DlqTopic) : null);

        TopicTarget Target(string topic)
        {
            var metadata = admin.GetMetadata(topic, limit).Topics.Single(found => found.Topic == topic);
            return metadata.Error.IsError || metadata.Partitions.Count == 0
                ? throw new KafkaException(new Error(metadata.Error.IsError ? metadata.Error.Code : ErrorCode.UnknownTopicOrPart, $"Topic {topic}: {metadata.Error.Reason}"))
                : new TopicTarget(topic, metadata.Partitions.Count);
        }
    }

    private ProducerConfig ProducerConfig(int thread) => ProducerConfig(identity.Thread(thread));

    private ProducerConfig ProducerConfig(string name) => new(Common(name))
    {
        Acks = options.ProducerAcks switch { "all" => Acks.All, "1" => Acks.Leader, _ => Acks.None },
        LingerMs = options.ProducerLinger.TotalMilliseconds,
        CompressionType = Enum.Parse<CompressionType>(options.ProducerCompressionType, ignoreCase: true),
        MessageMaxBytes = options.MaxMessageBytes,
    };

    private ClientConfig Common(int thread) => Common(identity.Thread(thread));

    private ClientConfig Common(string name)
    {
        var config = new ClientConfig(new Dictionary<string, string>(options.Properties)) { BootstrapServers = options.BootstrapServers };
        config.ClientId ??= name;
        config.ReconnectBackoffMaxMs ??= LongestReconnectMilliseconds;
        return config;
    }

    /// <summary>What a client says of itself.</summary>
    internal void Log(LogMessage message)
    {
        var level = message.Level switch
        {
            SyslogLevel.Emergency or SyslogLevel.Alert or SyslogLevel.Critical or SyslogLevel.Error => LogLevel.Warning,
            SyslogLevel.Warning => LogLevel.Information,
            _ => LogLevel.Debug,
        };

        // Details are for who has asked for them; the rest comes from every client, again and again, while a broker is away.
        var leftOut = 0;
        if (level == LogLevel.Debug || _sayings.IsNews(message.Facility, out leftOut))
        {
            Said(logger, level, message.Name, message.Facility, message.Message, leftOut);
        }
    }

    private void Log(Error error)
    {
        // Fatal ones are acted on where they surface; the others mend themselves.
        if (_errors.IsNews(error.Code, out var leftOut))
        {
            Failed(logger, error.Code.ToString(), error.Reason, leftOut);
        }
    }

    [LoggerMessage(EventId = 801, Message = "Kafka client {Client}, {Facility}: {Text} ({LeftOut} more like it before)")]
    private static partial void Said(ILogger logger, LogLevel level, string client, string facility, string text, int leftOut);

    [LoggerMessage(EventId = 802, Level = LogLevel.Warning, Message = "Kafka: {Code}, {Reason} ({LeftOut} more like it before)")]
    private static partial void Failed(ILogger logger, string code, string reason, int leftOut);
}
