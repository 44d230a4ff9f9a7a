using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using KubeSentiment.Bench.Http;

namespace KubeSentiment.Bench.Load;

/// <summary>One keep-alive connection that sends requests and reads their answers, over and over.</summary>
/// <remarks>Only the watchdog touches it from another thread, and only <see cref="_busySince"/> and the socket's disposal.</remarks>
internal sealed class LoadConnection(Target target, byte[] head, RequestBodies bodies, IArrivals arrivals, Tally tally, int pipeline, bool countCached)
    : IDisposable
{
    private const long Aborted = -1;
    private const int ReadSize = 8 * 1024;
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(10);

    private readonly Turn _turn = new();
    private readonly Arrival[] _inFlight = new Arrival[pipeline];
    private readonly ArrayBufferWriter<byte> _request = new(ReadSize);
    private byte[] _buffer = new byte[2 * ReadSize];
    private Socket? _socket;
    private long _busySince; // Stopwatch ticks, 0 when idle, Aborted after the watchdog struck; changed by Interlocked only
    private int _answered; // of _inFlight

    public async Task RunAsync()
    {
        await OpenAheadAsync();
        while (await TakeAsync() is var count and > 0)
        {
            try
            {
                Interlocked.Exchange(ref _busySince, Stopwatch.GetTimestamp());
                _answered = 0;
                await ExchangeAsync(count);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException or EndOfStreamException)
            {
                await FailAsync(count, e);
            }

            // The watchdog may have struck in the instant after the last answer: the answers count, the socket is gone.
            if (Interlocked.Exchange(ref _busySince, 0) == Aborted)
            {
                Drop();
            }
        }

        Drop();
    }

    public void Dispose() => Drop();

    /// <summary>Called by the watchdog: breaks off a request that is older than <paramref name="limitTicks"/>.</summary>
    public void AbortIfLate(long now, long limitTicks)
    {
        var since = Interlocked.Read(ref _busySince);
        if (since > 0 && now - since > limitTicks && Interlocked.CompareExchange(ref _busySince, Aborted, since) == since)
        {
            _socket?.Dispose();
        }
    }

    // The first handshake is not part of any request; when it fails the first request will meet, and count, the same failure.
    private async Task OpenAheadAsync()
    {
        try
        {
            await ConnectAsync();
        }
        catch (SocketException)
        {
            Drop();
        }
    }

    private async ValueTask ConnectAsync()
    {
        _socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(target.EndPoint);
    }

    private async ValueTask<int> TakeAsync()
    {
        _request.ResetWrittenCount();
        var count = 0;
        while (count < pipeline && await arrivals.NextAsync(_turn) is { IsNone: false } arrival)
        {
            _inFlight[count++] = arrival;
            bodies.Write(_request, head, arrival.Number);
        }

        return count;
    }

    private async ValueTask ExchangeAsync(int count)
    {
        if (_socket is null)
        {
            await ConnectAsync();
        }

        var sent = Stopwatch.GetTimestamp();
        for (var rest = _request.WrittenMemory; rest.Length > 0;)
        {
            rest = rest[await _socket!.SendAsync(rest, SocketFlags.None)..];
        }

        var filled = 0;
        while (_answered < count)
        {
            if (_buffer.Length - filled < ReadSize)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var read = await _socket!.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None);
            filled += read;
            var used = Accept(_buffer.AsSpan(0, filled), ended: read == 0, count, sent);
            _buffer.AsSpan(used, filled - used).CopyTo(_buffer);
            filled -= used;
            if (_answered < count && (read == 0 || _socket is null))
            {
                throw new EndOfStreamException();
            }
        }
    }

    private int Accept(Span<byte> bytes, bool ended, int count, long sent)
    {
        var used = 0;
        while (_answered < count && used < bytes.Length)
        {
            var outcome = HttpAnswerParser.TryParse(bytes[used..], ended, out var answer);
            if (outcome == ParseOutcome.Malformed)
            {
                throw new InvalidDataException();
            }

            if (outcome == ParseOutcome.Incomplete)
            {
                break;
            }

            var arrival = _inFlight[_answered++];
            tally.Answered(arrival, sent, answer.Status, answer.Consumed);
            if (countCached && arrival.Counted)
            {
                CountCached(bytes[used..][answer.Body]);
            }

            used += answer.Consumed;
            if (answer.Close)
            {
                Drop();
                break;
            }
        }

        return used;
    }

    private void CountCached(ReadOnlySpan<byte> body) =>
        tally.Cached(body.Count("\"cached\":\"l1\""u8), body.Count("\"cached\":\"l2\""u8), body.Count("\"cached\":false"u8));

    private async ValueTask FailAsync(int count, Exception e)
    {
        var kind = Interlocked.Read(ref _busySince) == Aborted ? "timeout" : e switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refused",
            SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } => "reset",
            SocketException socket => socket.SocketErrorCode.ToString(),
            InvalidDataException => "malformed",
            _ => "closed",
        };
        for (var i = _answered; i < count; i++)
        {
            tally.Failed(_inFlight[i], kind);
        }

        Drop();
        if (kind == "refused")
        {
            // A server that is away is asked again soon, not as fast as the loop can spin.
            await Task.Delay(PauseAfterRefusal, TimeProvider.System);
        }
    }

    private void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
