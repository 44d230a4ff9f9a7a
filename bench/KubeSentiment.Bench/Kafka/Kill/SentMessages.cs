using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>The messages of a kill test: the same seed makes the same. Each has its number in a header, whatever its value is.</summary>
internal sealed class SentMessages(KillOptions options, IReadOnlyList<string> texts)
{
    public const string Number = "number";

    private static readonly byte[]?[] Poison = [null, [], "  "u8.ToArray(), [0xFF, 0xFE], "{\"text\": "u8.ToArray(), "{\"id\": 1}"u8.ToArray(), Encoding.ASCII.GetBytes(new string('x', 10_001))];

    public bool IsPoison(int number) => number % options.PoisonEvery == options.PoisonEvery - 1;

    /// <summary>Keys are drawn by a generator of the number's own, so that any message can be made again by itself.</summary>
    public int KeyOf(int number) => Draw(number).Next(options.Keys);

    public Message<byte[]?, byte[]?> Make(int number)
    {
        var random = Draw(number);
        var key = random.Next(options.Keys);
        var text = texts[random.Next(texts.Count)];
        return new Message<byte[]?, byte[]?>
        {
            Key = Encoding.ASCII.GetBytes($"key-{key}"),
            Value = IsPoison(number)
                ? Poison[number / options.PoisonEvery % Poison.Length]
                : random.Next(2) == 0 ? Encoding.UTF8.GetBytes(text) : JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["id"] = $"m-{number}", ["text"] = text }),
            Headers = [new Header(Number, BitConverter.GetBytes(number))],
        };
    }

    /// <summary>Writes all of them, in the order of their numbers.</summary>
    public void Send(string servers, string topic)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = servers,
            EnableIdempotence = true,
            LingerMs = 20,
            ReconnectBackoffMaxMs = 500,
            CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = options.Messages + 1,
            Partitioner = Partitioner.Murmur2Random,
        }).SetLogHandler((_, _) => { }).Build();
        Error? failure = null;
        for (var number = 0; number < options.Messages; number++)
        {
            producer.Produce(topic, Make(number), report => failure = report.Error.IsError ? report.Error : failure);
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
        if (failure is not null)
        {
            throw new IOException($"The messages were not written: {failure.Reason}");
        }
    }

    private Random Draw(int number) => new(unchecked((options.Seed * 1_000_003) + number));
}
