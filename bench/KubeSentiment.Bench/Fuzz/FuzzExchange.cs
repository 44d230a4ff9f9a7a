using System.Net.Sockets;
using System.Text.Json;
using KubeSentiment.Bench.Http;

namespace KubeSentiment.Bench.Fuzz;

/// <summary>How a case ended.</summary>
internal enum FuzzEnd
{
    /// <summary>2xx.</summary>
    Good,

    /// <summary>4xx with application/problem+json and an error_code.</summary>
    Problem,

    /// <summary>Malformed HTTP refused by the server's connection layer with an empty answer.</summary>
    Refused,

    /// <summary>Malformed or cut-off HTTP, and the connection closed without an answer.</summary>
    HungUp,

    /// <summary>None of these.</summary>
    Failed,
}

/// <summary>Sends one case on a connection of its own and judges the answer.</summary>
internal static class FuzzExchange
{
    private static readonly TimeSpan BeforeHalfClose = TimeSpan.FromMilliseconds(100);

    public static async Task<(FuzzEnd End, string Why)> RunAsync(Target target, FuzzCase sent, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        using var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.EndPoint, limit.Token);
        }
        catch (SocketException e)
        {
            return (FuzzEnd.Failed, $"no connection: {e.SocketErrorCode}");
        }

        // An early refusal (413) comes while the body is still being sent, so both directions run at once.
        var sending = SendAsync(socket, sent, limit.Token);
        try
        {
            return await ReadAsync(socket, sent, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (FuzzEnd.Failed, $"no answer within {timeout.TotalSeconds} s");
        }
        finally
        {
            await limit.CancelAsync();
            await sending;
        }
    }

    private static async Task SendAsync(Socket socket, FuzzCase sent, CancellationToken cancellation)
    {
        try
        {
            for (ReadOnlyMemory<byte> rest = sent.Bytes; rest.Length > 0;)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellation)..];
            }

            if (sent.HalfClose)
            {
                // Kestrel drops a connection whose client has ended: first give the answer its time.
                await Task.Delay(BeforeHalfClose, TimeProvider.System, cancellation);
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader judges: a server may well answer and close before it has read everything.
        }
    }

    private static async Task<(FuzzEnd End, string Why)> ReadAsync(Socket socket, FuzzCase sent, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (true)
        {
            int read;
            try
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None, cancellation);
            }
            catch (SocketException)
            {
                return NoAnswer(sent, "connection reset");
            }

            filled += read;
            switch (HttpAnswerParser.TryParse(buffer.AsSpan(0, filled), read == 0, out var answer, sent.Head))
            {
                case ParseOutcome.Complete:
                    return Judge(sent, answer, buffer.AsSpan(0, filled));
                case ParseOutcome.Malformed when sent.Bytes.AsSpan().StartsWith("PRI "u8):
                    return (FuzzEnd.Refused, "HTTP/2 GOAWAY");
                case ParseOutcome.Malformed:
                    return (FuzzEnd.Failed, "the answer is not HTTP");
                case ParseOutcome.Incomplete when read == 0:
                    return filled == 0 ? NoAnswer(sent, "connection closed") : (FuzzEnd.Failed, "the answer broke off");
                default:
                    break;
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private static (FuzzEnd End, string Why) NoAnswer(FuzzCase sent, string how) =>
        sent.Framing ? (FuzzEnd.HungUp, how) : (FuzzEnd.Failed, how + " without an answer");

    private static (FuzzEnd End, string Why) Judge(FuzzCase sent, HttpAnswer answer, ReadOnlySpan<byte> bytes)
    {
        var why = $"{answer.Status}";
        var body = bytes[answer.Body];
        var isProblem = HttpAnswerParser.Header(bytes[answer.Head], "content-type"u8).StartsWith("application/problem+json"u8);
        return answer.Status switch
        {
            >= 200 and < 300 => (FuzzEnd.Good, why),
            >= 400 and < 500 when isProblem && (sent.Head || HasErrorCode(body)) => (FuzzEnd.Problem, why),
            >= 400 and < 500 when isProblem => (FuzzEnd.Failed, why + " without error_code"),

            // The connection layer has no words of its own; 505 is its answer to an unknown HTTP version, 501 to an unknown transfer coding.
            (>= 400 and < 500) or 501 or 505 when sent.Framing && answer.Close && body.IsEmpty => (FuzzEnd.Refused, why),
            _ => (FuzzEnd.Failed, isProblem ? why : why + " without problem+json"),
        };
    }

    private static bool HasErrorCode(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.TryGetProperty("error_code", out var code) && code.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
