namespace KubeSentiment.Caching;

/// <summary>What the model said about a text. Shared by all who ask: its values are never changed.</summary>
/// <param name="Values">Logits in the order of the labels for a prediction, the vector for features. At most <see cref="MaxValues"/>.</param>
/// <param name="Tokens">Tokens the model read, special ones included.</param>
/// <param name="Truncated">Whether the text had more tokens than the model can read.</param>
public sealed record CachedAnswer(float[] Values, int Tokens, bool Truncated)
{
    /// <summary>Most values of an answer; longer ones are not stored in Redis.</summary>
    public const int MaxValues = 65_536;

    /// <summary>Share of the text's words that the model could not read, 0..1 in steps of 1/255; 0 where nobody looked.</summary>
    public float UnreadableShare
    {
        get => UnreadableByte / (float)byte.MaxValue;
        init => UnreadableByte = (byte)MathF.Round(Math.Clamp(value, 0, 1) * byte.MaxValue);
    }

    /// <summary>Whether it is the fast model's answer and not the full one's.</summary>
    public bool IsFast { get; init; }

    /// <summary>The share as it is kept: a byte, so that an answer in memory takes no more room for it.</summary>
    internal byte UnreadableByte { get; init; }
}
