using System.Net;
using System.Net.Sockets;

namespace KubeSentiment.IntegrationTests.Servers;

/// <summary>Ports of this machine that nobody uses.</summary>
internal static class FreePort
{
    /// <summary>A free port. Another process may take it before it is used; ports are handed out in turn, so that is unlikely.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
