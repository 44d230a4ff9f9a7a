namespace KubeSentiment.Inference.Graphs;

/// <summary>Reads the fields of one protobuf message where it lies, so that a file of weights is read without copying it.</summary>
/// <remarks>Source: the encoding of https://protobuf.dev/programming-guides/encoding/; groups, which ONNX does not have, are refused.</remarks>
internal ref struct ProtobufMessage
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly int _end;
    private int _next;

    /// <summary>Stands before the first field.</summary>
    /// <param name="file">What the message lies in.</param>
    /// <param name="message">Where it lies.</param>
    public ProtobufMessage(ReadOnlySpan<byte> file, Range message)
    {
        _file = file;
        (_next, var length) = message.GetOffsetAndLength(file.Length);
        _end = _next + length;
    }

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a whole number, else 0.</summary>
    public long Number { get; private set; }

    /// <summary>Where its value lies in the file when it is a text, bytes or a message, else nowhere.</summary>
    public Range Content { get; private set; }

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">This is no message.</exception>
    public bool Read()
    {
        if (_next == _end)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 3);
        Number = 0;
        Content = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Skip(8);
                break;
            case 2:
                var length = Varint();
                var start = _next;
                Skip(length);
                Content = start.._next;
                break;
            case 5:
                Skip(4);
                break;
            default:
                throw new InvalidDataException($"Field {Field} at byte {_next} has a type that protobuf does not know.");
        }

        return true;
    }

    /// <summary>The value as a text.</summary>
    public readonly string Text() => System.Text.Encoding.UTF8.GetString(_file[Content]);

    /// <summary>The value as whole numbers: one, or many that are packed.</summary>
    public readonly void Numbers(List<long> numbers)
    {
        if (Content.Equals(default))
        {
            numbers.Add(Number);
            return;
        }

        var packed = new ProtobufMessage(_file, Content);
        while (packed._next < packed._end)
        {
            numbers.Add(packed.Varint());
        }
    }

    private long Varint()
    {
        var value = 0L;
        for (var shift = 0; shift < 64 && _next < _end; shift += 7)
        {
            var part = _file[_next++];
            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"A number breaks off at byte {_next}.");
    }

    private void Skip(long bytes)
    {
        if (bytes < 0 || bytes > _end - _next)
        {
            throw new InvalidDataException($"A field at byte {_next} is longer than what it lies in.");
        }

        _next += (int)bytes;
    }
}
