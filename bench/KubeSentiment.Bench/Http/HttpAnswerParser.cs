using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace KubeSentiment.Bench.Http;

/// <summary>Reads HTTP/1.1 answers framed by Content-Length, by chunks, or by the end of the connection.</summary>
/// <remarks>
/// Stateless: each call looks at the whole buffer again. The answers measured here arrive in one or two reads, so keeping state would cost more than it saves.
/// </remarks>
internal static class HttpAnswerParser
{
    private const int StatusLineLength = 12; // "HTTP/1.1 200"

    /// <summary>Parses the first final answer of <paramref name="buffer"/>; a complete chunked body is joined in place.</summary>
    /// <param name="buffer">Bytes read so far.</param>
    /// <param name="ended">The server has closed its side: a body without framing is complete.</param>
    /// <param name="answer">The answer, when the outcome is complete.</param>
    /// <param name="bodyless">The request was HEAD: the headers describe a body that is not sent.</param>
    public static ParseOutcome TryParse(Span<byte> buffer, bool ended, out HttpAnswer answer, bool bodyless = false)
    {
        answer = default;
        var start = 0;
        while (true)
        {
            var rest = buffer[start..];
            var headLength = rest.IndexOf("\r\n\r\n"u8);
            if (headLength < 0)
            {
                return rest.Length >= StatusLineLength && !rest.StartsWith("HTTP/1."u8) ? ParseOutcome.Malformed : ParseOutcome.Incomplete;
            }

            var head = rest[..headLength];
            if (headLength < StatusLineLength || !head.StartsWith("HTTP/1."u8)
                || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var used) || used != 3)
            {
                return ParseOutcome.Malformed;
            }

            var bodyStart = start + headLength + 4;
            if (status is >= 100 and < 200)
            {
                start = bodyStart;
                continue;
            }

            var connection = Header(head, "connection"u8);
            var close = connection.Length > 0 && Ascii.EqualsIgnoreCase(connection, "close"u8);
            var headRange = start..(start + headLength);
            if (bodyless || status is 204 or 304)
            {
                answer = new HttpAnswer(status, headRange, bodyStart..bodyStart, bodyStart, close);
                return ParseOutcome.Complete;
            }

            return Body(buffer, ended, head, new HttpAnswer(status, headRange, bodyStart..bodyStart, bodyStart, close), out answer);
        }
    }

    /// <summary>The value of the first header of that name (given in lower case), trimmed; empty when it is absent.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (head.IndexOf("\r\n"u8) is var end and >= 0)
        {
            head = head[(end + 2)..];
            if (head.Length > name.Length && head[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(head[..name.Length], name))
            {
                var value = head[(name.Length + 1)..];
                var valueEnd = value.IndexOf("\r\n"u8);
                return (valueEnd < 0 ? value : value[..valueEnd]).Trim((byte)' ');
            }
        }

        return default;
    }

    private static ParseOutcome Body(Span<byte> buffer, bool ended, ReadOnlySpan<byte> head, HttpAnswer bare, out HttpAnswer answer)
    {
        answer = bare;
        var start = bare.Consumed;
        if (Header(head, "content-length"u8) is { Length: > 0 } lengthText)
        {
            if (!Utf8Parser.TryParse(lengthText, out int length, out var used) || used != lengthText.Length || length < 0)
            {
                return ParseOutcome.Malformed;
            }

            answer = bare with { Body = start..(start + length), Consumed = start + length };
            return buffer.Length - start >= length ? ParseOutcome.Complete : ParseOutcome.Incomplete;
        }

        if (Ascii.EqualsIgnoreCase(Header(head, "transfer-encoding"u8), "chunked"u8))
        {
            var outcome = FindChunksEnd(buffer[start..], out var framed);
            if (outcome == ParseOutcome.Complete)
            {
                answer = bare with { Body = start..(start + JoinChunks(buffer.Slice(start, framed))), Consumed = start + framed };
            }

            return outcome;
        }

        answer = bare with { Body = start..buffer.Length, Consumed = buffer.Length, Close = true };
        return ended ? ParseOutcome.Complete : ParseOutcome.Incomplete;
    }

    // Trailers are not read: no server measured here sends any.
    private static ParseOutcome FindChunksEnd(ReadOnlySpan<byte> body, out int length)
    {
        length = 0;
        while (true)
        {
            var outcome = ChunkAt(body[length..], out var data, out var size);
            if (outcome != ParseOutcome.Complete)
            {
                return outcome;
            }

            length += data + size + 2;
            if (size == 0)
            {
                return ParseOutcome.Complete;
            }
        }
    }

    private static ParseOutcome ChunkAt(ReadOnlySpan<byte> rest, out int data, out int size)
    {
        (data, size) = (0, 0);
        var lineEnd = rest.IndexOf("\r\n"u8);
        if (lineEnd < 0)
        {
            return ParseOutcome.Incomplete;
        }

        var line = rest[..lineEnd];
        var extension = line.IndexOf((byte)';');
        if (!int.TryParse(extension < 0 ? line : line[..extension], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size) || size < 0)
        {
            return ParseOutcome.Malformed;
        }

        data = lineEnd + 2;
        return rest.Length - data >= (long)size + 2 ? ParseOutcome.Complete : ParseOutcome.Incomplete;
    }

    private static int JoinChunks(Span<byte> framed)
    {
        var joined = 0;
        var at = 0;
        while (true)
        {
            _ = ChunkAt(framed[at..], out var data, out var size);
            framed.Slice(at + data, size).CopyTo(framed[joined..]);
            joined += size;
            at += data + size + 2;
            if (size == 0)
            {
                return joined;
            }
        }
    }
}
