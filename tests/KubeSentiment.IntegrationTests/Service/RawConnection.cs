using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A connection to the service on which requests are written byte by byte, in whatever pieces a test likes.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> ToAsync(ServiceProcess service)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync("127.0.0.1", service.Client.BaseAddress!.Port, Cancellation);
        return connection;
    }

    /// <summary>The head of a prediction's request.</summary>
    public static string Head(string id, int length) =>
        $"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Correlation-ID: {id}\r\nContent-Length: {length}\r\n\r\n";

    public void Dispose() => _client.Dispose();

    /// <summary>Goes, as a client that is stopped does, or one whose process is killed or whose network breaks.</summary>
    public void Leave(bool byReset)
    {
        _client.LingerState = new LingerOption(byReset, 0);
        Dispose();
    }

    public async Task WriteAsync(string text) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), Cancellation);

    /// <summary>Reads one answer, to the last byte of its body. That the server wants the body of a request is none.</summary>
    public async Task<(int Status, string Id)> ReadAsync()
    {
        var stream = _client.GetStream();
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = new byte[1];
            await stream.ReadExactlyAsync(next, Cancellation);
            head.Append((char)next[0]);
        }

        var lines = head.ToString().Split("\r\n");
        if (lines[0].StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal))
        {
            return await ReadAsync();
        }

        await stream.ReadExactlyAsync(new byte[int.Parse(Header("Content-Length"), CultureInfo.InvariantCulture)], Cancellation);
        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), Header("X-Correlation-ID"));

        string Header(string name) => lines.Single(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
    }
}
