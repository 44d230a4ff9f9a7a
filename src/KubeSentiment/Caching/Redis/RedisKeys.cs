using System.Text.Unicode;
using StackExchange.Redis;

namespace KubeSentiment.Caching.Redis;

/// <summary>How keys are written: <c>{namespace}:{type}:{model}:{32 hexadecimal digits}</c>.</summary>
/// <remarks>Without hash tags: in a Redis Cluster the keys spread over all slots by themselves.</remarks>
internal static class RedisKeys
{
    private const string Frequent = "frequent";

    public static RedisKey Of(string @namespace, CacheType type, CacheKey key)
    {
        var bytes = new byte[System.Text.Encoding.UTF8.GetMaxByteCount(@namespace.Length + key.Model.Length) + 48];
        Utf8.TryWrite(bytes, $"{@namespace}:{type.Name()}:{key.Model}:{key.Hash:x32}", out var written);
        return bytes.AsSpan(0, written).ToArray();
    }

    public static RedisKey[] Of(string @namespace, CacheType type, IReadOnlyList<CacheKey> keys)
    {
        var names = new RedisKey[keys.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Of(@namespace, type, keys[i]);
        }

        return names;
    }

    /// <summary>Where the fleet keeps the most frequent texts of a type and model.</summary>
    public static RedisKey FrequentOf(string @namespace, CacheType type, string model) => $"{@namespace}:{Frequent}:{type.Name()}:{model}";

    /// <summary>Channel on which replicas tell each other that a namespace was cleared.</summary>
    public static RedisChannel ClearedOf(string @namespace) => RedisChannel.Literal($"{@namespace}:cleared");

    /// <summary>Finds the keys of a namespace, and perhaps others: check with <see cref="IsOurs"/>.</summary>
    public static string PatternOf(string @namespace) => $"{@namespace}:*";

    /// <summary>Whether the key is one of the cache, of that namespace; others may use the same Redis, and a name may be theirs too.</summary>
    public static bool IsOurs(string key, string @namespace) => TypeOf(key, @namespace) is not null || key.StartsWith($"{@namespace}:{Frequent}:", StringComparison.Ordinal);

    /// <summary>The type of an answer's key; null for other keys.</summary>
    public static CacheType? TypeOf(string key, string @namespace)
    {
        if (!key.StartsWith(@namespace, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = key.AsSpan(@namespace.Length);
        foreach (var type in CacheTypes.All)
        {
            if (rest.StartsWith($":{type.Name()}:"))
            {
                return type;
            }
        }

        return null;
    }
}
