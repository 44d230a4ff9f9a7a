using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace KubeSentiment.Caching;

/// <summary>Finds an entry in memory: by the text itself, so that a hit needs no tokenizer.</summary>
/// <remarks>
/// The hash is made once: the cache's bookkeeping asks for it more often than lookups do. It is XxHash3 with a seed of this process, ten times as fast on long texts as .NET's
/// own. Whoever found texts that collide all the same would make lookups slower than the model only with more of them than the cache holds.
/// </remarks>
internal readonly struct LocalKey : IEquatable<LocalKey>
{
    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly int _hash;

    /// <summary>A key.</summary>
    /// <param name="namespace">The tenant's, or the service's own.</param>
    /// <param name="type">What the answer is.</param>
    /// <param name="named">True for entries that an application stored under a name of its own: they are never taken for the model's answer to that text.</param>
    /// <param name="text">The text, or the application's name for the entry.</param>
    public LocalKey(string @namespace, CacheType type, bool named, string text)
    {
        Namespace = @namespace;
        Type = type;
        Named = named;
        Text = text;
        _hash = (int)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), Seed + (int)type + (named ? 16 : 0));
    }

    public string Namespace { get; }

    public CacheType Type { get; }

    public bool Named { get; }

    public string Text { get; }

    public bool Equals(LocalKey other) =>
        _hash == other._hash && Type == other.Type && Named == other.Named && Text == other.Text && Namespace == other.Namespace;

    public override bool Equals(object? obj) => obj is LocalKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
