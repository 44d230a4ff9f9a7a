using System.Net.Sockets;
using System.Text;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>Broken requests over real sockets: whatever comes, the answer is never 5xx and the process lives.</summary>
public sealed class SocketFuzzTests
{
    private const int Requests = 400;
    private const int Seed = 20_251;

    /// <summary>A request that lies about its length is not answered; nobody waits longer for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Seeds =
    [
        Post("/api/v1/predict", """{"text":"a good day"}"""),
        Post("/api/v1/predict/batch", """{"texts":["good","\ud83d\ude00",null,"bad"]}"""),
        Post("/api/v1/features", """{"text":"a good day"}"""),
        "GET /api/v1/model-info HTTP/1.1\r\nHost: x\r\nX-Correlation-ID: abc\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
        "POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n11\r\n{\"text\":\"chunked\"\r\n1\r\n}\r\n0\r\n\r\n",
    ];

    [Fact]
    public async Task Requests_BrokenAtRandom_AreNeverTheServicesFault()
    {
        await using var service = await ServiceProcess.StartAsync();
        var port = service.Client.BaseAddress!.Port;
        var random = new Random(Seed);
        var requests = Enumerable.Range(0, Requests).Select(_ => Break(Seeds[random.Next(Seeds.Length)], random)).ToList();
        var answered = 0;

        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (request, cancellationToken) =>
        {
            var statusLine = await SendAsync(port, request, cancellationToken);
            // 505 is HTTP's own word for a version that nobody speaks; it is the one 5xx that blames the caller.
            var isTheServicesFault = statusLine.StartsWith("HTTP/1.1 5", StringComparison.Ordinal) && !statusLine.StartsWith("HTTP/1.1 505", StringComparison.Ordinal);
            isTheServicesFault.ShouldBeFalse($"{statusLine} for {Encoding.Latin1.GetString(request)}");
            Interlocked.Add(ref answered, statusLine.Length > 0 ? 1 : 0);
        });

        answered.ShouldBeGreaterThan(Requests / 4);
        service.HasExited.ShouldBeFalse();
        service.Errors.ShouldBeEmpty();
        (await service.PostAsync("/api/v1/predict", """{"text":"good"}""")).Status.ShouldBe(200);
    }

    private static string Post(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    /// <summary>One to four slips: a byte changed, taken out, put in or doubled, or a stretch moved.</summary>
    private static byte[] Break(string request, Random random)
    {
        var bytes = Encoding.Latin1.GetBytes(request).ToList();
        for (var slips = random.Next(1, 5); slips > 0; slips--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(1, 2_000)));
                    break;
                default:
                    var stretch = bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    bytes.InsertRange(random.Next(bytes.Count), stretch);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Sends the bytes as they are.</summary>
    /// <returns>The status line, or nothing where the service closes or waits.</returns>
    private static async Task<string> SendAsync(int port, byte[] request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, either.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(request, either.Token);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadLineAsync(either.Token) ?? "";
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            return "";
        }
    }
}
