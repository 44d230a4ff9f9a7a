using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KubeSentiment.IntegrationTests.Service;

/// <summary>A connection on which requests are refused before their bodies have been read, or have even come, goes on in order: each answer is the one to its request.</summary>
public sealed class UnreadBodyTests
{
    private const string Body = """{"text":"a good day"}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_RefusedUnread_TheConnectionGoesOn()
    {
        await using var service = await ServiceProcess.StartAsync(
            ("MLOPS_PREDICTION_CACHE_ENABLED", "false"), ("MAX_CONCURRENT_REQUESTS", "1"), ("MAX_QUEUE_SIZE", "0"));
        var batch = service.PostAsync(Batches.Path, Batches.Of(texts: 1_000, words: 100));
        await Poll.UntilAsync(async () => (await service.Client.GetStringAsync("/api/v1/load", Cancellation)).Contains("\"active_requests\":1,", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", service.Client.BaseAddress!.Port, Cancellation);
        var stream = client.GetStream();

        // The answer comes before the rest of the body.
        await WriteAsync(stream, Head("first", Body.Length) + Body[..5]);
        (await ReadAsync(stream)).ShouldBe((503, "first"));
        await WriteAsync(stream, Body[5..]);

        // Two at once, one with a body that reads like a request.
        var likeARequest = Head("hidden", Body.Length) + Body;
        await WriteAsync(stream, Head("second", likeARequest.Length) + likeARequest + Head("third", Body.Length) + Body);
        (await ReadAsync(stream)).ShouldBe((503, "second"));
        (await ReadAsync(stream)).ShouldBe((503, "third"));
        batch.IsCompleted.ShouldBeFalse("the batch was to fill the gate until here");

        (await batch).Status.ShouldBe(200);
        await WriteAsync(stream, Head("fourth", Body.Length) + Body);
        (await ReadAsync(stream)).ShouldBe((200, "fourth"));
    }

    private static string Head(string id, int length) =>
        $"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Correlation-ID: {id}\r\nContent-Length: {length}\r\n\r\n";

    private static async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), Cancellation);

    /// <summary>Reads one answer, to the last byte of its body.</summary>
    private static async Task<(int Status, string Id)> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = new byte[1];
            await stream.ReadExactlyAsync(next, Cancellation);
            head.Append((char)next[0]);
        }

        var lines = head.ToString().Split("\r\n");
        await stream.ReadExactlyAsync(new byte[int.Parse(Header("Content-Length"), CultureInfo.InvariantCulture)], Cancellation);
        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), Header("X-Correlation-ID"));

        string Header(string name) => lines.Single(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
    }
}
