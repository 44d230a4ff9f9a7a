using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeSentiment.IntegrationTests.Service;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>A real redis-server on a free port of this machine, with nothing on disk; started, stopped, killed and frozen at will.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-").FullName;
    private Process? _process;

    private RedisServer(int port, string[] arguments)
    {
        _program = RealServer.Require("redis-server", "redis-server");
        Port = port;
        _arguments = arguments;
    }

    public int Port { get; }

    public string Folder => _folder;

    /// <summary>A server that does not run yet.</summary>
    /// <param name="arguments">As on the command line: <c>--requirepass secret</c>.</param>
    public static RedisServer Make(params string[] arguments) => new(FreePort.Next(), arguments);

    /// <summary>A server that answers.</summary>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = Make(arguments);
        await server.StartAsync();
        return server;
    }

    /// <summary>Runs the server, on its port, until it accepts connections.</summary>
    public async Task StartAsync()
    {
        string[] common = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder, "--daemonize", "no", "--loglevel", "warning"];
        string[] port = [Array.Exists(_arguments, argument => argument.StartsWith("--tls", StringComparison.Ordinal)) ? "--tls-port" : "--port", Port.ToString()];

        // A sentinel needs its configuration file first, which it rewrites.
        string[] arguments = _arguments is [var first, ..] && File.Exists(first) ? [.. _arguments, .. port] : [.. port, .. common, .. _arguments];
        var start = new ProcessStartInfo(_program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = _folder };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        await Poll.UntilAsync(AcceptsAsync, StartLimit);
    }

    /// <summary>Ends it as a machine's failure does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it in its tracks: connections stay open, nothing is answered.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Runs a command by redis-cli.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> CommandAsync(params string[] command)
    {
        var start = new ProcessStartInfo(RealServer.Require("redis-cli", "redis-tools"), ["-h", "127.0.0.1", "-p", Port.ToString(), .. command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await ThawAsync();
            await KillAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    private async Task<bool> AcceptsAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException) when (_process is { HasExited: false })
        {
            return false;
        }
    }
}
