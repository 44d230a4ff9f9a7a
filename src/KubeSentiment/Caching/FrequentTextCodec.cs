using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace KubeSentiment.Caching;

/// <summary>The form of a <see cref="FrequentTextList"/> in Redis: one value, so that a new replica reads it in one round trip.</summary>
/// <remarks>
/// Little-endian: version (byte), Unix milliseconds (int64), then for each text its hash (16 bytes), weight (float64), bytes (uint16) and UTF-8, at the end XxHash3
/// of all before it (uint64). At most <see cref="MostBytes"/>: what does not fit is left out, the least frequent first.
/// </remarks>
internal static class FrequentTextCodec
{
    public const int MostBytes = 1_048_576;

    /// <summary>Longer texts are not listed: they seldom come twice, and a few would fill the list.</summary>
    public const int LongestText = 2_000;

    private const byte Version = 1;
    private const int HeaderSize = 9;
    private const int TextHeaderSize = 26;
    private const int ChecksumSize = sizeof(ulong);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Encode(FrequentTextList list)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.GetSpan(HeaderSize)[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(HeaderSize)[1..], list.At.ToUnixTimeMilliseconds());
        bytes.Advance(HeaderSize);
        foreach (var (text, hash, weight) in list.Texts)
        {
            // Half a surrogate pair has no UTF-8; such a text would come back as another.
            if (text.Length > LongestText || !TryCount(text, out var length))
            {
                continue;
            }

            if (bytes.WrittenCount + TextHeaderSize + length + ChecksumSize > MostBytes)
            {
                break;
            }

            var span = bytes.GetSpan(TextHeaderSize + length);
            BinaryPrimitives.WriteUInt128LittleEndian(span, hash);
            BinaryPrimitives.WriteDoubleLittleEndian(span[16..], weight);
            BinaryPrimitives.WriteUInt16LittleEndian(span[24..], (ushort)length);
            Strict.GetBytes(text, span[TextHeaderSize..]);
            bytes.Advance(TextHeaderSize + length);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(ChecksumSize), XxHash3.HashToUInt64(bytes.WrittenSpan));
        bytes.Advance(ChecksumSize);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>Null for anything but a whole list of this version.</returns>
    public static FrequentTextList? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < HeaderSize + ChecksumSize or > MostBytes || bytes[0] != Version
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumSize..]) != XxHash3.HashToUInt64(bytes[..^ChecksumSize]))
        {
            return null;
        }

        try
        {
            return Read(bytes[..^ChecksumSize]);
        }
        catch (ArgumentException)
        {
            // Somebody else's bytes with a sound checksum: a length beyond the end, no UTF-8, a text twice, a date that is none.
            return null;
        }
    }

    private static FrequentTextList Read(ReadOnlySpan<byte> bytes)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]));
        var texts = new Dictionary<string, FrequentText>();
        for (var rest = bytes[HeaderSize..]; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest[24..]);
            var text = Strict.GetString(rest.Slice(TextHeaderSize, length));
            var weight = BinaryPrimitives.ReadDoubleLittleEndian(rest[16..]);
            texts.Add(text, new FrequentText(text, BinaryPrimitives.ReadUInt128LittleEndian(rest), double.IsFinite(weight) ? weight : 0));
            rest = rest[(TextHeaderSize + length)..];
        }

        return new FrequentTextList(at, [.. texts.Values]);
    }

    private static bool TryCount(string text, out int bytes)
    {
        try
        {
            bytes = Strict.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = 0;
            return false;
        }
    }
}
