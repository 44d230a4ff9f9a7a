using System.Diagnostics;
using Confluent.Kafka;

namespace KubeSentiment.Bench.Kafka.Throughput;

/// <summary>What consuming, producing and committing cost with nothing in between: the same topics, batches, threads and settings as the service's, and a value of a result's size.</summary>
internal sealed class BareLoop(string servers, string input, string output, string name, int threads, int batchSize)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    private readonly byte[] _value = new byte[400];
    private long _done;

    /// <summary>Moves all messages of the topic.</summary>
    /// <param name="messages">How many there are.</param>
    /// <param name="warmup">The rate is taken of those after the first so many.</param>
    /// <returns>Messages a second.</returns>
    public double Measure(int messages, int warmup)
    {
        long began = 0;
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, threads).Select(number => new Thread(() => Run(number, stop.Token))).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        var counted = 0L;
        while (Interlocked.Read(ref _done) < messages)
        {
            if (began == 0 && Interlocked.Read(ref _done) is var done && done >= warmup)
            {
                began = Stopwatch.GetTimestamp();
                counted = done;
            }

            stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        stop.Cancel();
        Array.ForEach(workers, worker => worker.Join());
        return (messages - counted) / seconds;
    }

    private void Run(int number, CancellationToken stop)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = name,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.RoundRobin,
        }).SetLogHandler((_, _) => { }).Build();
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = servers,
            TransactionalId = $"{name}-{number}",
            Acks = Acks.All,
            LingerMs = 5,
            CompressionType = CompressionType.Lz4,
            EnableDeliveryReports = false,
        }).SetLogHandler((_, _) => { }).Build();
        producer.InitTransactions(Step);
        consumer.Subscribe(input);
        while (!stop.IsCancellationRequested)
        {
            var batch = 0;
            var ends = new Dictionary<TopicPartition, TopicPartitionOffset>();
            while (batch < batchSize && consumer.Consume(batch == 0 ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero) is { } message)
            {
                if (batch++ == 0)
                {
                    producer.BeginTransaction();
                }

                producer.Produce(new TopicPartition(output, message.Partition), new Message<byte[], byte[]> { Key = message.Message.Key, Value = _value, Headers = message.Message.Headers });
                ends[message.TopicPartition] = new TopicPartitionOffset(message.TopicPartition, message.Offset + 1);
            }

            if (batch > 0)
            {
                producer.SendOffsetsToTransaction(ends.Values, consumer.ConsumerGroupMetadata, Step);
                producer.CommitTransaction(Step);
                Interlocked.Add(ref _done, batch);
            }
        }

        consumer.Close();
    }
}
