namespace KubeSentiment.Caching;

/// <summary>What the model said about a text. Shared by all who ask: its values are never changed.</summary>
/// <param name="Values">Logits in the order of the labels for a prediction, the vector for features. At most <see cref="MaxValues"/>.</param>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">Whether the text had more tokens than the model can read.</param>
public sealed record CachedAnswer(float[] Values, int Tokens, bool Truncated)
{
    /// <summary>Most values of an answer; longer ones are not stored in Redis.</summary>
    public const int MaxValues = 65_536;
}
