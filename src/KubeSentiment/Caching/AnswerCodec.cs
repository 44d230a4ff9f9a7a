using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace KubeSentiment.Caching;

/// <summary>An answer as Redis holds it.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="WrittenAt">When it was written or renewed, by the writer's clock.</param>
/// <param name="Ttl">How long it lives from then.</param>
internal readonly record struct StoredAnswer(CachedAnswer Answer, DateTimeOffset WrittenAt, TimeSpan Ttl)
{
    /// <summary>What is left of its life: zero or less when it is over by this replica's clock, which may differ from the writer's; never more than the TTL.</summary>
    public TimeSpan Remaining(DateTimeOffset now)
    {
        var left = WrittenAt + Ttl - now;
        return left < Ttl ? left : Ttl;
    }
}

/// <summary>The compact form of answers in Redis.</summary>
/// <remarks>
/// <para>Little-endian, 27 bytes and 4 a value:</para>
/// <code>
/// 0   byte    version, 3
/// 1   byte    flags: bit 0 truncated, bit 1 the fast model's
/// 2   uint32  tokens
/// 6   int64   written at, Unix milliseconds
/// 14  uint32  TTL in milliseconds
/// 18  byte    share of words that the model could not read, of 255
/// 19  float32 values, to 8 bytes before the end
///     uint64  XxHash3 of all before it, seeded with the key's hash
/// </code>
/// <para>The write time and TTL tell a reader how old an entry is without a second round trip. The checksum covers the key, so that neither a damaged value nor one
/// that lies under another's key is taken for an answer; whoever can forge it can write to Redis anyway. What a reader does not understand is a miss.</para>
/// </remarks>
internal static class AnswerCodec
{
    private const byte Version = 3;
    private const byte TruncatedFlag = 1;
    private const byte FastFlag = 2;
    private const int HeaderSize = 19;
    private const int ChecksumSize = sizeof(ulong);

    /// <summary>Longest TTL that fits the header: 30 days, which is also the most the settings allow.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromDays(30);

    // A TTL later is still a date.
    private static readonly long MaxUnixMilliseconds = (DateTimeOffset.MaxValue - TimeSpan.FromMilliseconds(uint.MaxValue)).ToUnixTimeMilliseconds();

    public static byte[] Encode(in StoredAnswer stored, UInt128 keyHash)
    {
        var (answer, writtenAt, ttl) = stored;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(answer.Values.Length, CachedAnswer.MaxValues, nameof(stored));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ttl, MaxTtl, nameof(stored));

        var bytes = new byte[HeaderSize + (answer.Values.Length * sizeof(float)) + ChecksumSize];
        var span = bytes.AsSpan();
        span[0] = Version;
        span[1] = (byte)((answer.Truncated ? TruncatedFlag : 0) | (answer.IsFast ? FastFlag : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(span[2..], (uint)answer.Tokens);
        BinaryPrimitives.WriteInt64LittleEndian(span[6..], writtenAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(span[14..], (uint)ttl.TotalMilliseconds);
        span[18] = answer.UnreadableByte;
        CopyLittleEndian(MemoryMarshal.Cast<float, int>(answer.Values.AsSpan()), span[HeaderSize..^ChecksumSize]);
        BinaryPrimitives.WriteUInt64LittleEndian(span[^ChecksumSize..], Checksum(span[..^ChecksumSize], keyHash));
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False for anything but a whole value of this version that was written under this key.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, UInt128 keyHash, out StoredAnswer stored)
    {
        stored = default;
        var valueBytes = bytes.Length - HeaderSize - ChecksumSize;
        if (valueBytes is < 0 or > CachedAnswer.MaxValues * sizeof(float) || valueBytes % sizeof(float) != 0
            || bytes[0] != Version || bytes[1] > (TruncatedFlag | FastFlag)
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumSize..]) != Checksum(bytes[..^ChecksumSize], keyHash))
        {
            return false;
        }

        var tokens = BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]);
        var writtenAt = BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]);
        if (tokens > int.MaxValue || writtenAt < 0 || writtenAt > MaxUnixMilliseconds)
        {
            return false;
        }

        var values = new float[valueBytes / sizeof(float)];
        CopyLittleEndian(bytes[HeaderSize..^ChecksumSize], MemoryMarshal.Cast<float, int>(values.AsSpan()));
        stored = new StoredAnswer(
            new CachedAnswer(values, (int)tokens, (bytes[1] & TruncatedFlag) != 0) { UnreadableByte = bytes[18], IsFast = (bytes[1] & FastFlag) != 0 },
            DateTimeOffset.FromUnixTimeMilliseconds(writtenAt),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..])));
        return true;
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes, UInt128 keyHash) => XxHash3.HashToUInt64(bytes, (long)(ulong)keyHash);

    // Bit for bit, NaN payloads included: the values travel as integers.
    private static void CopyLittleEndian(ReadOnlySpan<int> values, Span<byte> bytes)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], values[i]);
        }
    }

    private static void CopyLittleEndian(ReadOnlySpan<byte> bytes, Span<int> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }
    }
}
