using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace KubeSentiment.Pipeline;

/// <summary>A score for each of a few labels, in their order. All answers share the labels, so an answer brings its numbers only.</summary>
internal sealed class ScoresByLabel(IReadOnlyList<string> labels, float[] scores) : IReadOnlyDictionary<string, float>
{
    public int Count => scores.Length;

    public IEnumerable<string> Keys => labels;

    public IEnumerable<float> Values => scores;

    public float this[string key] => TryGetValue(key, out var score) ? score : throw new KeyNotFoundException($"There is no label {key}.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    // Labels are few: to compare is quicker than to hash.
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out float value)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            if (labels[i] == key)
            {
                value = scores[i];
                return true;
            }
        }

        value = default;
        return false;
    }

    public IEnumerator<KeyValuePair<string, float>> GetEnumerator()
    {
        for (var i = 0; i < scores.Length; i++)
        {
            yield return new(labels[i], scores[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
