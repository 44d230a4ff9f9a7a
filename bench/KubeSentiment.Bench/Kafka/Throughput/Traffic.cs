using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace KubeSentiment.Bench.Kafka.Throughput;

/// <summary>Texts with a share of repetitions, as messages of a topic.</summary>
internal sealed record Traffic(string Name, List<string> Texts, int Warmup)
{
    /// <summary>Texts of which a share has come before, drawn evenly from all before them.</summary>
    public static Traffic WithHits(string name, List<string> distinct, double hits, int warmup, int seed)
    {
        var random = new Random(seed);
        List<string> texts = [];
        for (var next = 0; next < distinct.Count;)
        {
            texts.Add(next > 0 && random.NextDouble() < hits ? distinct[random.Next(next)] : distinct[next++]);
        }

        return new Traffic(name, texts, warmup);
    }

    /// <summary>Few texts, over and over: after the warm-up all are remembered.</summary>
    public static Traffic OnlyHits(string name, List<string> distinct, int messages)
    {
        var texts = Enumerable.Range(0, messages).Select(i => distinct[i % distinct.Count]).ToList();
        // A consumer may be a good deal behind another: all must have had each text.
        return new Traffic(name, texts, messages / 4);
    }

    /// <summary>Texts that the model must see after the warm-up, in the order in which they come.</summary>
    public List<string> Misses()
    {
        var known = Texts.Take(Warmup).ToHashSet();
        return Texts.Skip(Warmup).Where(known.Add).ToList();
    }

    /// <summary>Creates the topics and writes the texts, evenly over the partitions.</summary>
    public async Task SendAsync(string servers, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        await admin.CreateTopicsAsync(((string[])["in", "out", "bare", "dead", "feedback"]).Select(
            topic => new TopicSpecification { Name = $"{Name}-{topic}", NumPartitions = partitions, ReplicationFactor = 1 }));
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = servers, LingerMs = 20, CompressionType = CompressionType.Lz4, QueueBufferingMaxMessages = Texts.Count + 1 }).Build();
        for (var i = 0; i < Texts.Count; i++)
        {
            producer.Produce(new TopicPartition($"{Name}-in", i % partitions), new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(Texts[i]) });
        }

        producer.Flush(Timeout.InfiniteTimeSpan);
    }
}
