namespace KubeSentiment.Caching;

/// <summary>What the model's answers look like, so that nothing else that lies in Redis is taken for one.</summary>
/// <param name="Model">The model's fingerprint; null where it is not known, and with it how many values to expect.</param>
/// <param name="PredictionValues">Values of a prediction: one a label.</param>
/// <param name="FeatureValues">Values of a vector; null where the model gives none.</param>
internal sealed record AnswerShape(string? Model, int PredictionValues, int? FeatureValues)
{
    /// <summary>For caches without a model.</summary>
    public static readonly AnswerShape Unknown = new(null, 0, null);

    /// <summary>Whether the model can have given these values. What an application stored under a name of its own may be anything.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="key">The key they lie under.</param>
    /// <param name="values">The values.</param>
    public bool Fits(CacheType type, CacheKey key, ReadOnlySpan<float> values)
    {
        if (key.Model == CacheKey.NoModel)
        {
            return true;
        }

        if (values.IsEmpty || (key.Model == Model && values.Length != (type == CacheType.Feature ? FeatureValues : PredictionValues)))
        {
            return false;
        }

        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
