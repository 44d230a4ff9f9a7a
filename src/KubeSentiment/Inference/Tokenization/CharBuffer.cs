using System.Buffers;
using System.Text;

namespace KubeSentiment.Inference.Tokenization;

/// <summary>Growing scratch text that starts on the stack and continues in the array pool.</summary>
internal ref struct CharBuffer
{
    private Span<char> _chars;
    private char[]? _rented;

    public CharBuffer(Span<char> initial) => _chars = initial;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Written => _chars[..Length];

    public void Append(char value)
    {
        if (Length == _chars.Length)
        {
            Grow(1);
        }

        _chars[Length++] = value;
    }

    public void Append(Rune value) => Length += value.EncodeToUtf16(Reserve(2));

    public void Append(scoped ReadOnlySpan<char> value)
    {
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    /// <summary>Room for at least this many characters after the written ones; <see cref="Commit"/> makes them part of the text.</summary>
    public Span<char> Reserve(int count)
    {
        if (_chars.Length - Length < count)
        {
            Grow(count);
        }

        return _chars[Length..];
    }

    public void Commit(int count) => Length += count;

    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(Length + count, _chars.Length * 2));
        Written.CopyTo(larger);
        Dispose();
        _chars = _rented = larger;
    }
}
