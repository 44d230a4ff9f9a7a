using System.CommandLine;
using KubeSentiment.Bench.Kafka.Kill;

namespace KubeSentiment.Bench.Kafka;

/// <summary>The options that say which broker is used, the same for every verb that needs one.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<FileInfo> _script = new("--kafka")
    {
        Description = "Script that starts a broker: start DIR PORT, stop DIR, kill DIR.",
        DefaultValueFactory = _ => new FileInfo("../shared/kafka/kafka"),
    };

    private readonly Option<int> _port = new("--kafka-port") { Description = "Its port; the controller's is 10,000 higher.", DefaultValueFactory = _ => 19_092 };

    public void AddTo(Command command)
    {
        command.Options.Add(_script);
        command.Options.Add(_port);
    }

    public async Task<OwnBroker> StartAsync(ParseResult parsed)
    {
        var folder = Directory.CreateTempSubdirectory("kafka-bench-").FullName;
        var broker = new KafkaBroker(parsed.GetRequiredValue(_script).FullName, folder, parsed.GetValue(_port));
        await broker.StartAsync();
        return new OwnBroker(broker, folder);
    }
}

/// <summary>A broker that lives as long as a measurement.</summary>
internal sealed class OwnBroker(KafkaBroker broker, string folder) : IAsyncDisposable
{
    public string Servers => broker.Servers;

    public async Task CrashAsync()
    {
        await broker.KillAsync();
        await broker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await broker.KillAsync();
        Directory.Delete(folder, recursive: true);
    }
}
