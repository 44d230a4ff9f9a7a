using System.CommandLine;
using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Kafka.Throughput;
using KubeSentiment.Bench.Report;
using KubeSentiment.Bench.Texts;

namespace KubeSentiment.Bench.Kafka;

/// <summary>bench kafka-throughput: exactly once against the model alone and against a loop that does nothing but Kafka.</summary>
internal static class KafkaThroughputCommand
{
    private const int Partitions = 12;

    /// <summary>The best of bench direct's sweep, on short texts.</summary>
    private static readonly int[] BestBatches = [32, 64];

    public static Command Create()
    {
        var textOptions = new TextOptions();
        var broker = new BrokerOptions();
        var service = new Option<FileInfo>("--service") { Description = "The service's executable.", Required = true };
        var model = new Option<DirectoryInfo>("--model") { Description = "Model folder.", DefaultValueFactory = _ => new DirectoryInfo("models/sentiment") };
        var hits = new Option<string>("--hits") { Description = "Shares of texts that have come before, in percent.", DefaultValueFactory = _ => "0,45,100" };
        var hitMessages = new Option<int>("--hit-messages") { Description = "Messages where all are hits.", DefaultValueFactory = _ => 200_000 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; medians are told.", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "Consumers.", DefaultValueFactory = _ => 4 };
        var batch = new Option<int>("--batch") { Description = "Most messages in a transaction.", DefaultValueFactory = _ => 500 };
        var port = new Option<int>("--port") { Description = "The service's port.", DefaultValueFactory = _ => 18_000 };
        var command = new Command("kafka-throughput", "Exactly once against its two limits.") { service, model, hits, hitMessages, rounds, threads, batch, port };
        textOptions.AddTo(command);
        broker.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var distinct = textOptions.Read(parsed);
            await using var own = await broker.StartAsync(parsed);
            using var direct = new DirectModel(parsed.GetRequiredValue(model));
            Console.WriteLine("| hits | round | model alone /s | bare Kafka loop /s | service /s | of the slower | service's cores | others' cores | RSS MB |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            foreach (var share in parsed.GetRequiredValue(hits).Split(',').Select(int.Parse))
            {
                List<(double Slower, ServiceFigures Service)> measured = [];
                for (var round = 1; round <= parsed.GetValue(rounds); round++)
                {
                    var name = $"hits-{share}-{round}";
                    var traffic = share == 100
                        ? Traffic.OnlyHits(name, distinct[..Math.Min(500, distinct.Count)], parsed.GetValue(hitMessages))
                        : Traffic.WithHits(name, distinct, share / 100.0, distinct.Count / 5, seed: round);
                    await traffic.SendAsync(own.Servers, Partitions);
                    var (messages, warmup) = (traffic.Texts.Count, traffic.Warmup);
                    var bare = new BareLoop(own.Servers, $"{name}-in", $"{name}-bare", $"{name}-bare", parsed.GetValue(threads), parsed.GetValue(batch)).Measure(messages, warmup);
                    var alone = ModelAlone(direct, traffic);
                    var run = new ServiceRun(parsed.GetRequiredValue(service).FullName, parsed.GetValue(port), Settings(own.Servers, name, parsed.GetValue(threads), parsed.GetValue(batch)));
                    var figures = await run.MeasureAsync(messages, warmup);
                    var slower = Math.Min(bare, alone);
                    measured.Add((slower, figures));
                    Console.WriteLine(
                        $"| {share} % | {round} | {(double.IsInfinity(alone) ? "not asked" : $"{alone:0}")} | {bare:0} | {figures.PerSecond:0} | {figures.PerSecond / slower:0.0%} "
                        + $"| {figures.Cores:0.00} | {figures.OtherCores:0.00} | {figures.Megabytes:0} |");
                }

                var (limit, reached) = (Median.Of(measured, run => run.Slower), Median.Of(measured, run => run.Service.PerSecond));
                var (used, others) = (Median.Of(measured, run => run.Service.Cores), Median.Of(measured, run => run.Service.OtherCores));
                Console.WriteLine($"| {share} % | median | | {limit:0} (the slower) | {reached:0} | {reached / limit:0.0%} | {used:0.00} | {others:0.00} | |");
            }
        });
        return command;
    }

    /// <summary>Messages a second if nothing but the model took time, asked for each text once, in the best batches of like lengths.</summary>
    private static double ModelAlone(DirectModel model, Traffic traffic)
    {
        var misses = traffic.Misses();
        if (misses.Count == 0)
        {
            return double.PositiveInfinity;
        }

        new DirectThroughput(model, misses[..Math.Min(500, misses.Count)], Environment.ProcessorCount).Measure(32, sorted: true);
        var run = new DirectThroughput(model, misses, Environment.ProcessorCount);
        var seconds = BestBatches.Min(size => run.Measure(size, sorted: true).Seconds);
        return (traffic.Texts.Count - traffic.Warmup) / seconds;
    }

    private static Dictionary<string, string> Settings(string servers, string name, int threads, int batch) => new()
    {
        ["MLOPS_KAFKA_ENABLED"] = "true",
        // The limit that it is measured against is the full model's.
        ["MLOPS_CASCADE_ENABLED"] = "false",
        ["MLOPS_KAFKA_BOOTSTRAP_SERVERS"] = servers,
        ["MLOPS_KAFKA_CONSUMER_GROUP"] = name,
        ["MLOPS_KAFKA_TOPIC"] = $"{name}-in",
        ["MLOPS_KAFKA_RESULTS_TOPIC"] = $"{name}-out",
        ["MLOPS_KAFKA_DLQ_TOPIC"] = $"{name}-dead",
        ["MLOPS_KAFKA_FEEDBACK_TOPIC"] = $"{name}-feedback",
        ["MLOPS_KAFKA_AUTO_OFFSET_RESET"] = "earliest",
        ["MLOPS_KAFKA_CONSUMER_THREADS"] = threads.ToString(),
        ["MLOPS_KAFKA_BATCH_SIZE"] = batch.ToString(),
    };
}
