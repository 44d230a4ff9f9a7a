using System.Diagnostics;
using System.Net.Sockets;
using KubeSentiment.IntegrationTests.Servers;

[assembly: AssemblyFixture(typeof(KafkaServer))]

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>A real Kafka broker that the tests share: that of <c>KAFKA_BOOTSTRAP_SERVERS</c>, or one of its own, started by the first test that wants it.</summary>
/// <remarks>
/// Tests keep apart by topics and groups of their own. The broker's script is looked for in <c>KAFKA_SCRIPT</c> and beside the repository; where there is none, tests are skipped, and fail
/// with <c>REQUIRE_SERVERS=1</c>.
/// </remarks>
public sealed class KafkaServer : IAsyncDisposable
{
    private const string ScriptVariable = "KAFKA_SCRIPT";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("kafka-").FullName;
    private string? _script;
    private string? _servers;
    private int _port;

    /// <summary>Whether this broker may be killed and started: it is the tests' own.</summary>
    public bool IsOwn => _script is not null;

    /// <summary>Starts the broker, if nobody has, and waits until it answers.</summary>
    /// <returns>Where it is.</returns>
    public async Task<string> StartAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_servers is null)
            {
                _servers = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");
                if (string.IsNullOrEmpty(_servers))
                {
                    _script = FindScript();
                    _port = await FreePortAsync();
                    await RunAsync("start", _folder, _port.ToString());
                    _servers = $"127.0.0.1:{_port}";
                }
            }

            return _servers;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Kills the broker as a crash would, and starts it again on its data.</summary>
    public async Task CrashAsync()
    {
        await KillAsync();
        await RestartAsync();
    }

    /// <summary>Kills the broker as a crash would.</summary>
    public Task KillAsync() => RunAsync("kill", _folder);

    /// <summary>Starts a killed broker again, on its data and its port.</summary>
    public Task RestartAsync() => RunAsync("start", _folder, _port.ToString());

    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
        {
            await RunAsync("kill", _folder);
        }

        Directory.Delete(_folder, recursive: true);
        _starting.Dispose();
    }

    private static string FindScript()
    {
        var script = RealServer.RequireScript(
            ScriptVariable, "kafka", $"Needs a Kafka broker: set KAFKA_BOOTSTRAP_SERVERS, or {ScriptVariable} to a script that starts one.");
        RealServer.Require("java", "openjdk-17-jre-headless");
        return script;
    }

    /// <summary>The broker's controller listens 10,000 ports higher.</summary>
    private static async Task<int> FreePortAsync()
    {
        while (true)
        {
            var port = 20_000 + (FreePort.Next() % 20_000);
            if (!await AnswersAsync(port) && !await AnswersAsync(port + 10_000))
            {
                return port;
            }
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task RunAsync(params string[] arguments)
    {
        // Its output goes nowhere: the broker inherits it and would keep a pipe open.
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", _script!, .. arguments]) { UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(StartLimit, TimeProvider.System);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"kafka {string.Join(' ', arguments)} ended with {process.ExitCode}; see {_folder}.");
        }
    }
}
