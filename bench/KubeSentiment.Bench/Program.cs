using System.CommandLine;
using System.Net.Sockets;
using KubeSentiment.Bench.Accuracy;
using KubeSentiment.Bench.Anomalies;
using KubeSentiment.Bench.Balance;
using KubeSentiment.Bench.Bare;
using KubeSentiment.Bench.Benchmarks;
using KubeSentiment.Bench.Capacity;
using KubeSentiment.Bench.Cascade;
using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Fuzz;
using KubeSentiment.Bench.Kafka;
using KubeSentiment.Bench.Load;
using KubeSentiment.Bench.Report;
using KubeSentiment.Bench.Streams;

var root = new RootCommand("Measures KubeSentiment: load, baselines, accuracy and broken input. bench/README.md says how and with what limits.")
{
    LoadCommand.Create(),
    StreamCommand.Create(),
    BalanceCommand.Create(),
    BareCommand.Create(),
    DirectCommand.Create(),
    AccuracyCommand.Create(),
    CascadeCommand.Create(),
    AnomaliesCommand.Create(),
    FuzzCommand.Create(),
    BenchmarksCommand.Create(),
    KafkaKillCommand.Create(),
    KafkaThroughputCommand.Create(),
    ReportCommand.Create(),
    CapacityCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException or SocketException)
{
    // A file or server that is not there is for the reader to mend, without a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
