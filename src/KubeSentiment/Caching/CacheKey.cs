using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace KubeSentiment.Caching;

/// <summary>Names an answer across replicas: the model that gave it, and a hash of what the model read.</summary>
/// <remarks>
/// <para>The hash is over token ids, so texts that the model cannot tell apart share an answer, and the model is in the key, so a new one never reads an old one's
/// answers.</para>
/// <para>128 bits of SHA-256: answers are shared between callers who need not trust each other, and nobody can craft a text that takes over another's key, as
/// could be done with a hash made for speed only. It costs about as much as tokenizing two words.</para>
/// </remarks>
/// <param name="Model">The model's fingerprint.</param>
/// <param name="Hash">128 bits of what the model read.</param>
public readonly record struct CacheKey(string Model, UInt128 Hash)
{
    /// <summary>Stands for the model in keys that an application chose itself.</summary>
    internal const string NoModel = "text";

    /// <summary>The key of what a model says about token ids.</summary>
    /// <param name="model">The model's fingerprint.</param>
    /// <param name="tokenIds">The ids in the order in which the model reads them, special ones included.</param>
    public static CacheKey OfTokens(string model, ReadOnlySpan<int> tokenIds)
    {
        if (BitConverter.IsLittleEndian)
        {
            return new CacheKey(model, Hash128(MemoryMarshal.AsBytes(tokenIds)));
        }

        // Replicas of different byte order share one Redis.
        var ids = new int[tokenIds.Length];
        BinaryPrimitives.ReverseEndianness(tokenIds, ids);
        return new CacheKey(model, Hash128(MemoryMarshal.AsBytes<int>(ids)));
    }

    /// <summary>The key of an entry that an application names itself; which model it is about is for the name to say.</summary>
    public static CacheKey OfName(string name) => new(NoModel, Hash128(MemoryMarshal.AsBytes(name.AsSpan())));

    private static UInt128 Hash128(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
