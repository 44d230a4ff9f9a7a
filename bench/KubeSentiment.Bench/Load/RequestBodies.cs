using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeSentiment.Bench.Load;

/// <summary>Every text as JSON bytes, encoded before the run; writing a request is then a few copies.</summary>
internal sealed class RequestBodies
{
    private readonly byte[] _blob;
    private readonly int[] _ends;
    private readonly int _perRequest;

    /// <summary>Encodes all texts.</summary>
    /// <param name="texts">The texts, replayed in turn and from the start again when they run out.</param>
    /// <param name="batch">Texts a request, or null for one in a {"text"} body.</param>
    /// <param name="seed">Shuffles the texts.</param>
    public RequestBodies(IEnumerable<string> texts, int? batch, int? seed)
    {
        var order = texts.ToArray();
        if (seed is { } value)
        {
            new Random(value).Shuffle(order);
        }

        var blob = new ArrayBufferWriter<byte>();
        _ends = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            blob.Write("\""u8);
            blob.Write(JsonEncodedText.Encode(order[i], JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            blob.Write("\""u8);
            _ends[i] = blob.WrittenCount;
        }

        _blob = blob.WrittenSpan.ToArray();
        IsBatch = batch is not null;
        _perRequest = batch ?? 1;
    }

    public bool IsBatch { get; }

    public int TextsPerRequest => _perRequest;

    /// <summary>Appends the whole request with this number.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="head">The head up to and with "Content-Length: ".</param>
    /// <param name="number">Which request: the texts number * n up to that plus n are sent.</param>
    public void Write(IBufferWriter<byte> writer, byte[] head, long number)
    {
        var prefix = IsBatch ? "{\"texts\":["u8 : "{\"text\":"u8;
        var suffix = IsBatch ? "]}"u8 : "}"u8;
        var first = number * _perRequest;
        var length = prefix.Length + suffix.Length + _perRequest - 1;
        for (var i = 0; i < _perRequest; i++)
        {
            length += Text(first + i).Length;
        }

        writer.Write(head);
        Utf8Formatter.TryFormat(length, writer.GetSpan(16), out var digits);
        writer.Advance(digits);
        writer.Write("\r\n\r\n"u8);
        writer.Write(prefix);
        for (var i = 0; i < _perRequest; i++)
        {
            if (i > 0)
            {
                writer.Write(","u8);
            }

            writer.Write(Text(first + i));
        }

        writer.Write(suffix);
    }

    private ReadOnlySpan<byte> Text(long number)
    {
        var index = (int)(number % _ends.Length);
        return _blob.AsSpan((index == 0 ? 0 : _ends[index - 1])..(_ends[index]));
    }
}
