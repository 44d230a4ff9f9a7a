using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace KubeSentiment.Bench.Balance;

/// <summary>bench balance: a plain TCP proxy that gives each new connection to the next backend, as a Kubernetes Service does.</summary>
/// <remarks>It knows nothing of HTTP: no request is repeated, none is moved to another connection. A backend that refuses a connection is passed over.</remarks>
internal static class BalanceCommand
{
    private const int BufferSize = 16 * 1024;

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Where to listen, on 127.0.0.1.", Required = true };
        var backends = new Option<int[]>("--backend") { Description = "Ports on 127.0.0.1, used in turn.", Required = true };
        var command = new Command("balance", "Give TCP connections to backends in turn.") { port, backends };
        command.SetAction(async (parsed, cancellation) =>
        {
            var ports = parsed.GetRequiredValue(backends);
            var turn = 0;
            using var listener = new TcpListener(IPAddress.Loopback, parsed.GetValue(port));
            listener.Start(backlog: 4096);
            try
            {
                while (true)
                {
                    _ = ServeAsync(await listener.AcceptSocketAsync(cancellation), ports, turn++);
                }
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
        });
        return command;
    }

    private static async Task ServeAsync(Socket client, int[] ports, int turn)
    {
        using (client)
        {
            client.NoDelay = true;
            using var backend = await ConnectAsync(ports, turn);
            if (backend is not null)
            {
                await Task.WhenAll(CopyAsync(client, backend), CopyAsync(backend, client));
            }
        }
    }

    private static async Task<Socket?> ConnectAsync(int[] ports, int turn)
    {
        for (var i = 0; i < ports.Length; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, ports[(turn + i) % ports.Length]);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    // When one side ends, the other is told so; what is on its way back still arrives.
    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                for (var rest = buffer.AsMemory(0, read); rest.Length > 0;)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
