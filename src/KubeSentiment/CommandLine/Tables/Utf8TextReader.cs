using System.Buffers;
using System.Text.Unicode;

namespace KubeSentiment.CommandLine.Tables;

/// <summary>Decodes UTF-8 without losing what is not UTF-8.</summary>
/// <remarks>
/// A byte that is no part of a character becomes a lone low surrogate, U+DC80 to U+DCFF (Python's <c>surrogateescape</c>, PEP 383). No valid text decodes to one, so a reader can tell
/// which field is damaged, and <see cref="EscapedText.Encode"/> gives the byte back as it was. A byte order mark in front is dropped.
/// </remarks>
internal sealed class Utf8TextReader(Stream stream) : TextReader
{
    private const int BufferSize = 1 << 16;
    private const int LongestCharacter = 4;

    private readonly byte[] _bytes = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _begun;
    private int _pendingSurrogate = -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_pendingSurrogate >= 0)
        {
            buffer[0] = (char)_pendingSurrogate;
            _pendingSurrogate = -1;
            return 1;
        }

        if (_end - _start < LongestCharacter)
        {
            Fill();
        }

        if (_start == _end)
        {
            return 0;
        }

        var status = Utf8.ToUtf16(_bytes.AsSpan(_start, _end - _start), buffer, out var read, out var written, replaceInvalidSequences: false, isFinalBlock: _ended);
        _start += read;
        if (written > 0)
        {
            return written;
        }

        if (status == OperationStatus.DestinationTooSmall)
        {
            // Room for one half of a pair only.
            Span<char> pair = stackalloc char[2];
            _ = Utf8.ToUtf16(_bytes.AsSpan(_start, LongestCharacter), pair, out read, out _, replaceInvalidSequences: false, isFinalBlock: true);
            _start += read;
            _pendingSurrogate = pair[1];
            buffer[0] = pair[0];
            return 1;
        }

        buffer[0] = EscapedText.Escape(_bytes[_start++]);
        return 1;
    }

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        while (!_ended && _end < LongestCharacter)
        {
            var count = stream.Read(_bytes, _end, _bytes.Length - _end);
            _ended = count == 0;
            _end += count;
        }

        if (!_begun)
        {
            _begun = true;
            SkipByteOrderMark();
        }
    }

    private void SkipByteOrderMark()
    {
        var head = _bytes.AsSpan(0, _end);
        if (head is [0xEF, 0xBB, 0xBF, ..])
        {
            _start = 3;
        }
        else if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw CommandException.Files("The input is UTF-16. Convert it to UTF-8 first, for instance: iconv -f UTF-16 -t UTF-8.");
        }
    }
}
