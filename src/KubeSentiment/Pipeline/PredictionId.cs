using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KubeSentiment.Pipeline;

/// <summary>Names for predictions: UUIDs of version 7, which sort by time (RFC 9562, section 5.7).</summary>
/// <remarks>As the framework's, but random bits are fetched from the operating system for many at once: a call for each was 2 % of what a remembered answer costs.</remarks>
internal static class PredictionId
{
    private const int Size = 16;
    private const int TimeBytes = 6;
    private const int RandomBytes = Size - TimeBytes;
    private const int AtOnce = 100;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    public static Guid New(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[Size];
        // The two bytes behind the time are written over.
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        TakeRandom(id[TimeBytes..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    private static void TakeRandom(Span<byte> bytes)
    {
        if (_random is null || _used == _random.Length)
        {
            _random ??= new byte[AtOnce * RandomBytes];
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        _random.AsSpan(_used, RandomBytes).CopyTo(bytes);
        _used += RandomBytes;
    }
}
