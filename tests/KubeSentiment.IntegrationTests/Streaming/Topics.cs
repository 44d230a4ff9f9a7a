using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Streaming;

/// <summary>Topics of one test, and what its senders and readers do with them.</summary>
internal sealed class Topics
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static int _made;

    private readonly string _servers;
    private readonly string _prefix;

    private Topics(string servers)
    {
        _servers = servers;
        _prefix = $"t{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
    }

    public string In => $"{_prefix}-in";

    public string Out => $"{_prefix}-out";

    public string Dead => $"{_prefix}-dead";

    public string Feedback => $"{_prefix}-feedback";

    public string Group => _prefix;

    /// <summary>Makes the topics; the one of the texts with these settings.</summary>
    public static async Task<Topics> CreateAsync(string servers, int partitions, params (string Name, string Value)[] settings)
    {
        var topics = new Topics(servers);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        await admin.CreateTopicsAsync(((string[])[topics.In, topics.Out, topics.Dead, topics.Feedback]).Select(
            name => new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = 1,
                Configs = name == topics.In ? settings.ToDictionary(setting => setting.Name, setting => setting.Value) : [],
            }));
        return topics;
    }

    /// <summary>Variables for a service that uses these topics, with a small model that starts fast.</summary>
    public (string Name, string Value)[] Settings(string instance, params (string Name, string Value)[] more) =>
    [
        ("MLOPS_ONNX_MODEL_PATH", Path.Combine(AppContext.BaseDirectory, "Assets", "models", "tiny-distilbert-cased")),
        ("MLOPS_KAFKA_ENABLED", "true"),
        ("MLOPS_KAFKA_BOOTSTRAP_SERVERS", _servers),
        ("MLOPS_KAFKA_CONSUMER_GROUP", Group),
        ("MLOPS_KAFKA_TOPIC", In),
        ("MLOPS_KAFKA_RESULTS_TOPIC", Out),
        ("MLOPS_KAFKA_DLQ_TOPIC", Dead),
        ("MLOPS_KAFKA_FEEDBACK_TOPIC", Feedback),
        ("MLOPS_KAFKA_AUTO_OFFSET_RESET", "earliest"),
        ("MLOPS_KAFKA_CONSUMER_THREADS", "2"),
        ("MLOPS_KAFKA_INSTANCE_ID", $"{_prefix}-{instance}"),
        .. more,
    ];

    /// <summary>Writes messages one after the other.</summary>
    public Task SendAsync(params IEnumerable<(string? Key, byte[]? Value)> messages) => SendAsync(Timestamp.Default, messages);

    /// <summary>Writes messages that all have this time.</summary>
    public async Task SendAsync(Timestamp time, params IEnumerable<(string? Key, byte[]? Value)> messages)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = _servers, EnableIdempotence = true }).Build();
        foreach (var (key, value) in messages)
        {
            await producer.ProduceAsync(In, new Message<byte[]?, byte[]?>
            {
                Key = key is null ? null : Encoding.UTF8.GetBytes(key),
                Value = value,
                Timestamp = time,
                Headers = [new Header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"u8.ToArray())],
            });
        }
    }

    /// <summary>Sets the largest message that a topic takes.</summary>
    public async Task LimitAsync(string topic, int bytes)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _servers }).Build();
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Name = topic, Type = ResourceType.Topic }] =
                [new ConfigEntry { Name = "max.message.bytes", Value = bytes.ToString(), IncrementalOperation = AlterConfigOpType.Set }],
        });
    }

    /// <summary>Reads a topic from its beginning, committed messages only, until there are so many; then a little longer for those that should not be there.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = _servers,
            GroupId = $"{_prefix}-reader",
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        }).Build();
        consumer.Subscribe(topic);
        List<ConsumeResult<byte[]?, byte[]?>> read = [];
        var started = TimeProvider.System.GetTimestamp();
        while (read.Count < count && TimeProvider.System.GetElapsedTime(started) < Limit)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } message)
            {
                read.Add(message);
            }
        }

        while (consumer.Consume(TimeSpan.FromMilliseconds(300)) is { } more)
        {
            read.Add(more);
        }

        consumer.Close();
        return read;
    }

    /// <summary>Waits until a service has processed everything in its partitions, and has all of them.</summary>
    public static Task UntilIdleAsync(ServiceProcess service, int partitions) => Poll.UntilAsync(
        async () =>
        {
            using var info = System.Text.Json.JsonDocument.Parse(await service.Client.GetStringAsync("/api/v1/kafka/consumer", TestContext.Current.CancellationToken));
            var own = info.RootElement.GetProperty("consumers").EnumerateArray().SelectMany(consumer => consumer.GetProperty("partitions").EnumerateArray()).ToList();
            return own.Count == partitions && own.TrueForAll(partition => partition.TryGetProperty("lag", out var lag) && lag.GetInt64() == 0);
        },
        Limit);
}
