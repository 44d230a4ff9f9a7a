namespace KubeSentiment.CommandLine.Tables;

/// <summary>A stream whose first bytes are known before they are read, as a pipe cannot be wound back.</summary>
internal sealed class PeekedStream : ForwardStream
{
    /// <summary>So many tell how a file is packed.</summary>
    private const int HeadLength = 4;

    private readonly Stream _source;
    private readonly byte[] _head;
    private int _given;

    public PeekedStream(Stream source)
        : base(source)
    {
        _source = source;
        var head = new byte[HeadLength];
        _head = head[..source.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    public ReadOnlySpan<byte> Head => _head;

    public override int Read(Span<byte> buffer)
    {
        if (_given == _head.Length)
        {
            return _source.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _head.Length - _given);
        _head.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }
}
