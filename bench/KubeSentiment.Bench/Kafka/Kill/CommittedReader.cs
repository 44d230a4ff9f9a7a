using System.Diagnostics;
using Confluent.Kafka;

namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>Reads results and dead letters as their consumers would, committed ones only, and keeps account of them.</summary>
internal sealed class CommittedReader : IDisposable
{
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly string _results;
    private readonly SentMessages _sent;
    private readonly byte[] _seen;
    private readonly long[] _lastRead;
    private readonly Dictionary<(int Key, bool IsDeadLetter), int> _last = [];

    public CommittedReader(KillOptions options, SentMessages sent, string servers, string results, string deadLetters, int partitions)
    {
        _sent = sent;
        _results = results;
        _seen = new byte[options.Messages];
        _lastRead = new long[partitions];
        _consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "reader",
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            ReconnectBackoffMaxMs = 500,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign(from topic in (string[])[results, deadLetters]
                         from partition in Enumerable.Range(0, partitions)
                         select new TopicPartitionOffset(topic, partition, Offset.Beginning));
    }

    /// <summary>Different messages seen so far. Written by the reading thread, read by anyone.</summary>
    public int Distinct { get; private set; }

    public int Results { get; private set; }

    public int DeadLetters { get; private set; }

    public int Duplicated { get; private set; }

    public int InTheWrongTopic { get; private set; }

    public int OutOfOrder { get; private set; }

    /// <summary>The longest time in which a partition's results stood still, from its first to its last.</summary>
    public TimeSpan LongestPause { get; private set; }

    /// <summary>Takes what comes within the wait.</summary>
    public void Read(TimeSpan wait)
    {
        try
        {
            for (var read = _consumer.Consume(wait); read is not null; read = _consumer.Consume(TimeSpan.Zero))
            {
                Time(read);
                See(BitConverter.ToInt32(read.Message.Headers.GetLastBytes(SentMessages.Number)), read.Topic != _results);
            }
        }
        catch (ConsumeException)
        {
            // The broker is away; it comes back.
        }
    }

    public void Dispose() => _consumer.Dispose();

    private void Time(ConsumeResult<Ignore, Ignore> read)
    {
        if (read.Topic == _results)
        {
            var now = Stopwatch.GetTimestamp();
            ref var last = ref _lastRead[read.Partition.Value];
            var pause = last == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(last, now);
            LongestPause = pause > LongestPause ? pause : LongestPause;
            last = now;
        }
    }

    private void See(int number, bool isDeadLetter)
    {
        if (_seen[number]++ == 0)
        {
            Distinct++;
        }
        else
        {
            Duplicated++;
        }

        Results += isDeadLetter ? 0 : 1;
        DeadLetters += isDeadLetter ? 1 : 0;
        InTheWrongTopic += _sent.IsPoison(number) == isDeadLetter ? 0 : 1;

        // Numbers rise in a key's partition, so they must rise in its results.
        var place = (_sent.KeyOf(number), isDeadLetter);
        OutOfOrder += _last.TryGetValue(place, out var last) && last >= number ? 1 : 0;
        _last[place] = number;
    }
}
