using System.CommandLine;
using KubeSentiment.Bench.Kafka.Kill;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Kafka;

/// <summary>bench kafka-kill: kills workers and the broker all the while, and counts what comes out.</summary>
internal static class KafkaKillCommand
{
    public static Command Create()
    {
        var textOptions = new TextOptions();
        var broker = new BrokerOptions();
        var service = new Option<FileInfo>("--service") { Description = "The service's executable.", Required = true };
        var defaults = new KillOptions();
        var seed = new Option<int>("--seed") { Description = "The same seed sends and kills the same.", DefaultValueFactory = _ => defaults.Seed };
        var messages = new Option<int>("--messages") { Description = "Messages.", DefaultValueFactory = _ => defaults.Messages };
        var workerKills = new Option<int>("--worker-kills") { Description = "Workers killed and started again.", DefaultValueFactory = _ => defaults.WorkerKills };
        var brokerKills = new Option<int>("--broker-kills") { Description = "Times the broker is killed and started again.", DefaultValueFactory = _ => defaults.BrokerKills };
        var freezes = new Option<int>("--freezes") { Description = "Workers frozen until others have their partitions.", DefaultValueFactory = _ => defaults.Freezes };
        var restarts = new Option<int>("--restarts") { Description = "Workers restarted in order, one after the other.", DefaultValueFactory = _ => defaults.Restarts };
        var workers = new Option<string>("--workers") { Description = "Workers at first, from 10 % and from 90 % on.", DefaultValueFactory = _ => string.Join(',', defaults.Workers) };
        var strategy = new Option<string>("--strategy") { Description = "roundrobin, range or sticky.", DefaultValueFactory = _ => defaults.Strategy };
        var limit = new Option<double>("--limit-minutes") { Description = "The test has failed when it takes longer.", DefaultValueFactory = _ => defaults.Limit.TotalMinutes };
        var json = new Option<FileInfo?>("--json") { Description = "Write the result here." };
        var command = new Command("kafka-kill", "Exactly once, while workers and the broker are killed.")
        {
            service, seed, messages, workerKills, brokerKills, freezes, restarts, workers, strategy, limit, json,
        };
        textOptions.AddTo(command);
        broker.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var options = defaults with
            {
                Seed = parsed.GetValue(seed),
                Messages = parsed.GetValue(messages),
                WorkerKills = parsed.GetValue(workerKills),
                BrokerKills = parsed.GetValue(brokerKills),
                Limit = TimeSpan.FromMinutes(parsed.GetValue(limit)),
                Freezes = parsed.GetValue(freezes),
                Restarts = parsed.GetValue(restarts),
                Workers = Array.ConvertAll(parsed.GetRequiredValue(workers).Split(','), int.Parse),
                Strategy = parsed.GetRequiredValue(strategy),
            };
            await using var own = await broker.StartAsync(parsed);
            var test = new KillTest(options, textOptions.Read(parsed), parsed.GetRequiredValue(service).FullName, new Dictionary<string, string>(), Console.Out);
            var report = await test.RunAsync(own.Servers, $"kill-{options.Seed}", own.CrashAsync);
            ResultJson.Write(parsed.GetValue(json), report);
            Print(report);
            return report.IsRight ? 0 : 1;
        });
        return command;
    }

    private static void Print(KillReport report)
    {
        Console.WriteLine($"seed {report.Seed}: {report.Messages} messages in {report.Seconds:0} s");
        Console.WriteLine($"{report.WorkerKills} worker kills, {report.BrokerKills} broker kills, {report.Freezes} freezes, {report.Restarts} restarts in order ({report.BadExits} with a bad exit code)");
        Console.WriteLine($"{report.Results} results, {report.DeadLetters} dead letters");
        Console.WriteLine($"missing {report.Missing}, twice {report.Duplicated}, in the wrong topic {report.InTheWrongTopic}, out of order {report.OutOfOrder}");
        Console.WriteLine($"longest pause of a partition's results: {report.LongestPauseSeconds:0.0} s");
        Console.WriteLine(report.IsRight ? "exactly once" : "NOT exactly once");
    }
}
