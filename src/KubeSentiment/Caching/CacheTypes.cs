namespace KubeSentiment.Caching;

/// <summary>The names of the types, in Redis keys, in metrics and in statistics.</summary>
internal static class CacheTypes
{
    public static readonly IReadOnlyList<CacheType> All = [CacheType.Prediction, CacheType.Feature];

    /// <summary>Part of the keys in Redis: a changed name would orphan what is stored.</summary>
    public static string Name(this CacheType type) => type switch
    {
        CacheType.Prediction => "prediction",
        CacheType.Feature => "feature",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
