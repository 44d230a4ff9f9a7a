namespace KubeSentiment.Caching;

/// <summary>What an answer is. Each type has its own TTL, its own keys and its own figures.</summary>
public enum CacheType
{
    /// <summary>The logits of a text.</summary>
    Prediction,

    /// <summary>The sentence vector of a text.</summary>
    Feature,
}
