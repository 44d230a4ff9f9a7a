using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Whether the library takes the properties that are passed through.</summary>
internal sealed partial class KafkaClients
{
    /// <summary>What the library has against the properties, as the end of a sentence without their values, which may be secret; null when it takes them.</summary>
    /// <remarks>Only the library knows its properties and what goes with what. So each kind of client is made once, knows no brokers, and is thrown away.</remarks>
    public string? Fault()
    {
        try
        {
            using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(Alone(ConsumerConfig(0))).SetLogHandler(Ignore).Build();
            using var output = new ProducerBuilder<byte[]?, byte[]?>(Alone(OutputConfig(0))).SetLogHandler(Ignore).Build();
            using var feedback = new ProducerBuilder<byte[]?, byte[]?>(Alone(MessageConfig("feedback", options.FeedbackTimeout))).SetLogHandler(Ignore).Build();
            using var admin = new AdminClientBuilder(Alone(Common("admin"))).SetLogHandler(Ignore).Build();
            return null;
        }
        catch (Exception e)
        {
            return Words(e.Message);
        }

        static T Alone<T>(T config)
            where T : ClientConfig
        {
            config.BootstrapServers = null;
            return config;
        }

        static void Ignore<T>(T client, LogMessage message)
        {
        }
    }

    private string Words(string message)
    {
        if (options.Properties.Keys.FirstOrDefault(name => message.Contains($"\"{name}\"", StringComparison.Ordinal)) is { } culprit)
        {
            return message.StartsWith("No such", StringComparison.Ordinal)
                ? $"has an entry ({culprit}) that librdkafka does not know"
                : $"has an entry ({culprit}) whose value librdkafka does not take";
        }

        var hidden = options.Properties.Values.Aggregate(message, (text, value) => text.Replace(value, "***", StringComparison.Ordinal));
        return $"is not taken by librdkafka ({hidden.ReplaceLineEndings(" ")})";
    }
}
