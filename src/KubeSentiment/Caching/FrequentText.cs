namespace KubeSentiment.Caching;

/// <summary>A text that the fleet is asked for often.</summary>
/// <param name="Text">The text as it comes.</param>
/// <param name="Hash">The hash of its token ids: with namespace, type and model, its answer's key.</param>
/// <param name="Weight">Hits, old ones counting less.</param>
internal readonly record struct FrequentText(string Text, UInt128 Hash, double Weight);

/// <summary>The most frequent texts of one type and model, most frequent first, as of a moment.</summary>
internal sealed record FrequentTextList(DateTimeOffset At, IReadOnlyList<FrequentText> Texts)
{
    /// <summary>Hits count half after this time.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    /// <summary>Adds a replica's latest hits to what the fleet had, and keeps the most frequent.</summary>
    public FrequentTextList Merge(IEnumerable<FrequentText> latest, DateTimeOffset now, int most)
    {
        // A clock that is behind the last writer's must not make old hits grow.
        var faded = Math.Pow(0.5, Math.Max(0, (now - At) / HalfLife));
        var merged = Texts.ToDictionary(text => text.Text, text => text with { Weight = text.Weight * faded });
        foreach (var text in latest)
        {
            merged[text.Text] = text with { Weight = text.Weight + (merged.TryGetValue(text.Text, out var known) ? known.Weight : 0) };
        }

        return new FrequentTextList(
            now, [.. merged.Values.OrderByDescending(text => text.Weight).ThenBy(text => text.Text, StringComparer.Ordinal).Take(most)]);
    }
}
