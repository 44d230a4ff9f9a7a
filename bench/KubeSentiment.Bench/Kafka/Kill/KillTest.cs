using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace KubeSentiment.Bench.Kafka.Kill;

/// <summary>Many messages through workers and a broker that are killed all the while; in the end each must have come out exactly once.</summary>
/// <remarks>
/// Who is killed and when is drawn from the seed: when is a share of the messages that a committed reader has seen, so that kills fall between, into and beside transactions on
/// fast and slow machines alike. What a kill hits is up to the moment.
/// </remarks>
internal sealed class KillTest(KillOptions options, IReadOnlyList<string> texts, string program, IReadOnlyDictionary<string, string> settings, TextWriter output)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly List<Worker> _workers = [];
    private int _workerKills;
    private int _brokerKills;
    private int _freezes;
    private int _restarts;
    private int _badExits;
    private long _started;
    private Func<int> _seen = () => 0;

    /// <summary>Runs it against a broker that is up.</summary>
    /// <param name="servers">Where the broker is.</param>
    /// <param name="prefix">How topics and group begin, so that tests can share a broker.</param>
    /// <param name="crash">Kills the broker and starts it again.</param>
    public async Task<KillReport> RunAsync(string servers, string prefix, Func<Task> crash)
    {
        _started = Stopwatch.GetTimestamp();
        await CreateTopicsAsync(servers, prefix);
        var sent = new SentMessages(options, texts);
        var sending = Task.Run(() => sent.Send(servers, $"{prefix}-in"));
        using var reader = new CommittedReader(options, sent, servers, $"{prefix}-out", $"{prefix}-dead", options.Partitions);
        _seen = () => reader.Distinct;
        try
        {
            await ScaleAsync(options.Workers[0], servers, prefix);
            foreach (var (at, act) in Plan(servers, prefix, crash))
            {
                ReadUntil(reader, () => reader.Distinct >= at);
                var acting = act();
                ReadUntil(reader, () => acting.IsCompleted);
                await acting;
            }

            // Everything, and then a little longer: what comes twice may come late.
            ReadUntil(reader, () => reader.Distinct == options.Messages);
            var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
            await sending;
            var end = Stopwatch.GetTimestamp();
            ReadUntil(reader, () => Stopwatch.GetElapsedTime(end) > options.SessionTimeout);
            return new KillReport(
                options.Seed,
                options.Messages,
                reader.Results,
                reader.DeadLetters,
                options.Messages - reader.Distinct,
                reader.Duplicated,
                reader.InTheWrongTopic,
                reader.OutOfOrder,
                _workerKills,
                _brokerKills,
                _freezes,
                _restarts,
                _badExits,
                reader.LongestPause.TotalSeconds,
                seconds);
        }
        finally
        {
            foreach (var worker in _workers)
            {
                await worker.KillAsync();
            }
        }
    }

    private List<(int At, Func<Task> Act)> Plan(string servers, string prefix, Func<Task> crash)
    {
        var random = new Random(options.Seed);
        List<(int At, Func<Task> Act)> plan =
        [
            (options.Messages / 10, () => ScaleAsync(options.Workers[1], servers, prefix)),
            (options.Messages / 10 * 9, () => ScaleAsync(options.Workers[2], servers, prefix)),
        ];
        for (var kill = 0; kill < options.WorkerKills; kill++)
        {
            var who = random.Next(1_000);
            plan.Add((random.Next(options.Messages), () => KillWorkerAsync(who)));
        }

        for (var kill = 0; kill < options.BrokerKills; kill++)
        {
            plan.Add((random.Next(options.Messages), () => KillBrokerAsync(crash)));
        }

        for (var freeze = 0; freeze < options.Freezes; freeze++)
        {
            var who = random.Next(1_000);
            plan.Add((random.Next(options.Messages / 2), () => FreezeAsync(who)));
        }

        for (var restart = 0; restart < options.Restarts; restart++)
        {
            // Between a fifth and four fifths, when all workers run.
            var who = restart;
            plan.Add(((options.Messages / 5) + (options.Messages * 3 / 5 * restart / options.Restarts), () => RestartAsync(who)));
        }

        plan.Sort((a, b) => a.At.CompareTo(b.At));
        return plan;
    }

    private void ReadUntil(CommittedReader reader, Func<bool> isSo)
    {
        while (!isSo())
        {
            reader.Read(Wait);
            if (Stopwatch.GetElapsedTime(_started) > options.Limit)
            {
                var logs = string.Join('\n', _workers.SelectMany(worker => worker.Log.TakeLast(30).Select(line => $"{worker.Name}: {line}")));
                throw new IOException($"Only {reader.Distinct} of {options.Messages} messages came out within {options.Limit}.\n{logs}");
            }
        }
    }

    private void Say(string what) => output.WriteLine($"{Stopwatch.GetElapsedTime(_started).TotalSeconds,6:0.0} s  {_seen(),7}  {what}");

    private async Task KillWorkerAsync(int who)
    {
        var worker = _workers[who % _workers.Count];
        await worker.KillAsync();
        worker.Start();
        _workerKills++;
        Say($"{worker.Name} killed and started ({_workerKills} of {options.WorkerKills})");
    }

    private async Task FreezeAsync(int who)
    {
        var worker = _workers[who % _workers.Count];
        await worker.FreezeAsync();
        await Task.Delay(options.SessionTimeout * 2, TimeProvider.System);
        await worker.ThawAsync();
        _freezes++;
        Say($"{worker.Name} frozen for two session timeouts ({_freezes} of {options.Freezes})");
    }

    private async Task RestartAsync(int who)
    {
        var worker = _workers[who % _workers.Count];
        await StopAsync(worker);
        worker.Start();
        _restarts++;
        Say($"{worker.Name} restarted in order ({_restarts} of {options.Restarts})");
    }

    private async Task StopAsync(Worker worker)
    {
        // Before the program's first line the runtime answers the signal, and ends with 143.
        await worker.Ready;
        var code = await worker.StopAsync();
        _badExits += code == 0 ? 0 : 1;
        Say($"{worker.Name} stopped in order, exit code {code}");
    }

    private async Task KillBrokerAsync(Func<Task> crash)
    {
        await crash();
        _brokerKills++;
        Say($"broker killed and started ({_brokerKills} of {options.BrokerKills})");
    }

    private async Task ScaleAsync(int count, string servers, string prefix)
    {
        while (_workers.Count < count)
        {
            var worker = new Worker(program, $"{prefix}-worker-{_workers.Count}", Settings(servers, prefix));
            worker.Start();
            _workers.Add(worker);
        }

        while (_workers.Count > count)
        {
            var worker = _workers[^1];
            _workers.Remove(worker);
            await StopAsync(worker);
        }
    }

    private Dictionary<string, string> Settings(string servers, string prefix) => new(settings)
    {
        ["MLOPS_HOST"] = "127.0.0.1",
        ["MLOPS_PORT"] = "0",
        ["MLOPS_LOG_LEVEL"] = "INFO",
        ["MLOPS_KAFKA_ENABLED"] = "true",
        ["MLOPS_KAFKA_BOOTSTRAP_SERVERS"] = servers,
        ["MLOPS_KAFKA_CONSUMER_GROUP"] = prefix,
        ["MLOPS_KAFKA_TOPIC"] = $"{prefix}-in",
        ["MLOPS_KAFKA_RESULTS_TOPIC"] = $"{prefix}-out",
        ["MLOPS_KAFKA_DLQ_TOPIC"] = $"{prefix}-dead",
        ["MLOPS_KAFKA_FEEDBACK_TOPIC"] = $"{prefix}-feedback",
        ["MLOPS_KAFKA_AUTO_OFFSET_RESET"] = "earliest",
        ["MLOPS_KAFKA_CONSUMER_THREADS"] = options.Threads.ToString(),
        ["MLOPS_KAFKA_SESSION_TIMEOUT_MS"] = ((int)options.SessionTimeout.TotalMilliseconds).ToString(),
        ["MLOPS_KAFKA_HEARTBEAT_INTERVAL_MS"] = ((int)options.SessionTimeout.TotalMilliseconds / 6).ToString(),
        ["MLOPS_KAFKA_PARTITION_ASSIGNMENT_STRATEGY"] = options.Strategy,
        ["MLOPS_KAFKA_GROUP_PROTOCOL"] = options.Protocol,
    };

    private async Task CreateTopicsAsync(string servers, string prefix)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        await admin.CreateTopicsAsync(((string[])["in", "out", "dead", "feedback"]).Select(name => new TopicSpecification
        {
            Name = $"{prefix}-{name}",
            NumPartitions = options.Partitions,
            ReplicationFactor = 1,
        }));
    }
}
