using System.Diagnostics.Metrics;
using Confluent.Kafka;
using KubeSentiment.Resilience;
using KubeSentiment.Streaming;
using KubeSentiment.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeSentiment.Tests.Streaming;

/// <summary>A consumer between a broker and a service that do as the test says.</summary>
internal sealed class ConsumerBench : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public ConsumerBench(Action<KafkaOptions>? configure = null)
    {
        var options = new KafkaOptions { BatchSize = 10, RebalanceWait = TimeSpan.Zero };
        configure?.Invoke(options);
        (Broker, Script) = Scripted.Make<IConsumer<byte[]?, byte[]?>>();
        Script.Script["Consume"] = _ => Next();
        Script.Script["get_Assignment"] = _ => Assignment.ToList();
        Script.Script["Committed"] = arguments =>
            ((IEnumerable<TopicPartition>)arguments[0]!).Select(partition => new TopicPartitionOffset(partition, Committed.GetValueOrDefault(partition, Offset.Unset))).ToList();
        Script.Script["Seek"] = arguments =>
        {
            Seeks.Add((TopicPartitionOffset)arguments[0]!);
            return null;
        };
        Script.Script["Close"] = _ =>
        {
            Listener!.Revoked(Assignment.ToList());
            return null;
        };
        Script.Script["GetWatermarkOffsets"] = _ => new WatermarkOffsets(0, 100);
        Script.Script["OffsetsForTimes"] = arguments => ((IEnumerable<TopicPartitionTimestamp>)arguments[0]!)
            .Select(asked => new TopicPartitionOffset(asked.TopicPartition, asked.Timestamp.UnixTimestampMs == Offset.End.Value ? 200 : 3)).ToList();
        Breaker = new CircuitBreaker("kafka", 3, TimeSpan.FromSeconds(60), Time);
        Consumer = new SentimentConsumer(
            0,
            options,
            listener =>
            {
                Listener = listener;
                ConsumersOpened++;
                return Broker;
            },
            () => OpenOutput(),
            batch => Predict(batch),
            Breaker,
            new StreamingMetrics(options, _services.GetRequiredService<IMeterFactory>(), Time),
            Time,
            new Random(1),
            Logs.CreateLogger("consumer"))
        {
            Stopping = Stopping.Token,
        };
    }

    public FakeTimeProvider Time { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public SentimentConsumer Consumer { get; }

    public CircuitBreaker Breaker { get; }

    public IConsumer<byte[]?, byte[]?> Broker { get; }

    public Scripted Script { get; }

    public CancellationTokenSource Stopping { get; } = new();

    public IRebalanceListener? Listener { get; private set; }

    public int ConsumersOpened { get; private set; }

    public int OutputsOpened { get; private set; }

    /// <summary>What polls give, one after the other: a message, null for none, or something that happens inside of the poll and gives what it returns.</summary>
    public Queue<Func<ConsumeResult<byte[]?, byte[]?>?>> Polls { get; } = new();

    public HashSet<TopicPartition> Assignment { get; } = [];

    /// <summary>What was settled: the first offset of each partition that was read.</summary>
    public List<string> Settled { get; } = [];

    /// <summary>Lets the present output, and no later one, say that the brokers were lost.</summary>
    public bool IsInDoubt { get; set; }

    public Dictionary<TopicPartition, Offset> Committed { get; } = [];

    public List<TopicPartitionOffset> Seeks { get; } = [];

    /// <summary>How the next writes end; Committed when it is empty.</summary>
    public Queue<SendEnd> Ends { get; } = new();

    /// <summary>How a write ends where no end is planned.</summary>
    public Func<StreamBatch, SendEnd> End { get; set; } = _ => SendEnd.Committed;

    /// <summary>What was written: the offsets of each batch, by partition.</summary>
    public List<string> Written { get; } = [];

    /// <summary>What becomes of a prediction; at once, unless a test says otherwise.</summary>
    public Func<StreamBatch, Task> Predict { get; set; } = batch =>
    {
        Batches.Answer(batch);
        return Task.CompletedTask;
    };

    public Func<IBatchOutput>? Open { get; set; }

    public Action? WhenSettled { get; set; }

    public void Messages(int partition, params ReadOnlySpan<long> offsets)
    {
        foreach (var offset in offsets)
        {
            Polls.Enqueue(() => Batches.Message(partition, offset));
        }
    }

    public void Nothing() => Polls.Enqueue(() => null);

    public void Happens(Action what) => Polls.Enqueue(() =>
    {
        what();
        return null;
    });

    public void Assign(params int[] partitions)
    {
        var news = partitions.Select(number => new TopicPartition(Batches.Topic, number)).ToList();
        Listener!.Assigned(news);
        Assignment.UnionWith(news);
    }

    public void Revoke(params int[] partitions)
    {
        var old = partitions.Select(number => new TopicPartition(Batches.Topic, number)).ToList();
        Listener!.Revoked(old);
        Assignment.ExceptWith(old);
    }

    public void Lose(params int[] partitions)
    {
        var old = partitions.Select(number => new TopicPartition(Batches.Topic, number)).ToList();
        Listener!.Lost(old);
        Assignment.ExceptWith(old);
    }

    /// <summary>A consumer that is ready and has these partitions.</summary>
    public ConsumerBench Ready(params int[] partitions)
    {
        Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        Happens(() => Assign(partitions));
        Consumer.Poll(TimeSpan.Zero).ShouldBeNull();
        return this;
    }

    public StreamBatch Poll() => Consumer.Poll(TimeSpan.Zero).ShouldNotBeNull();

    /// <summary>Lets each batch be answered at once, but its prediction end only when the test ends it.</summary>
    public TaskCompletionSource HoldPrediction()
    {
        var prediction = new TaskCompletionSource();
        Predict = batch =>
        {
            Batches.Answer(batch);
            return prediction.Task;
        };
        return prediction;
    }

    public void Dispose()
    {
        Consumer.Dispose();
        Stopping.Dispose();
        _services.Dispose();
    }

    private IBatchOutput OpenOutput()
    {
        OutputsOpened++;
        return Open?.Invoke() ?? new Output(this);
    }

    private ConsumeResult<byte[]?, byte[]?>? Next() => Polls.TryDequeue(out var poll) ? poll() : null;

    /// <summary>Writes down what it is given.</summary>
    private sealed class Output(ConsumerBench bench) : IBatchOutput
    {
        public SendEnd Send(StreamBatch batch, IConsumer<byte[]?, byte[]?> consumer)
        {
            var end = bench.Ends.TryDequeue(out var planned) ? planned : bench.End(batch);
            if (end == SendEnd.Committed)
            {
                batch.Live.ShouldAllBe(record => record.Outgoing != null);
                bench.Written.Add(string.Join(' ', batch.Live.Select(record => $"{record.Consumed.Partition.Value}:{record.Consumed.Offset.Value}")));
            }

            return end;
        }

        public bool IsInDoubt => bench.IsInDoubt;

        public void Settle(TransactionTrail trail, IConsumer<byte[]?, byte[]?> consumer)
        {
            bench.WhenSettled?.Invoke();
            bench.Settled.Add(string.Join(' ', trail.Beginnings.Select(beginning => $"{beginning.Partition.Value}:{beginning.Offset.Value}")));
        }

        public void Dispose() => bench.IsInDoubt = false;
    }
}
