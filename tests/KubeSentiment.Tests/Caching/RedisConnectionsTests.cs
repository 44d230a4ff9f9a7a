using System.Net;
using System.Net.Sockets;
using KubeSentiment.Caching.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSentiment.Tests.Caching;

/// <summary>The pool of connections, without a server.</summary>
public sealed class RedisConnectionsTests
{
    [Fact]
    public async Task Dispose_WhileTheFirstConnectHangs_WaitsForNothing()
    {
        // Accepts, and never says a word.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var connections = new RedisConnections(
            new RedisOptions { Host = ["127.0.0.1"], Port = ((IPEndPoint)silent.LocalEndpoint).Port, SocketConnectTimeout = TimeSpan.FromSeconds(30) },
            TimeProvider.System,
            NullLogger.Instance);
        connections.Start();
        using var accepted = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await connections.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

        connections.IsConnected.ShouldBeFalse();
    }
}
