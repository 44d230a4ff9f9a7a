using System.Diagnostics.Metrics;

namespace KubeSentiment.Observability;

/// <summary>A counter with one label of few words, each of which is published from the start, as 0 until it happens.</summary>
/// <remarks>A series that begins with its first event has not grown in Prometheus' eyes: rates and alerts would not see the first refusal, the first dead letter, or a whole burst between two scrapes.</remarks>
/// <typeparam name="T">What the words stand for.</typeparam>
internal sealed class CountsByWord<T>
    where T : struct, Enum
{
    private readonly (T Value, KeyValuePair<string, object?> Label)[] _words;

    // Interlocked.
    private readonly long[] _counts;

    /// <summary>Publishes the counter.</summary>
    /// <param name="meter">Whose it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it counts.</param>
    /// <param name="label">The label.</param>
    /// <param name="words">What is counted, with the word for each; values are small numbers.</param>
    public CountsByWord(Meter meter, string name, string description, string label, IEnumerable<(T Value, string Word)> words)
    {
        _words = [.. words.Select(word => (word.Value, new KeyValuePair<string, object?>(label, word.Word)))];
        _counts = new long[_words.Max(word => IndexOf(word.Value)) + 1];
        meter.CreateObservableCounter(name, () => _words.Select(word => new Measurement<long>(CountOf(word.Value), word.Label)), null, description);
    }

    public long Total => _words.Sum(word => CountOf(word.Value));

    public void Add(T value) => Interlocked.Increment(ref _counts[IndexOf(value)]);

    public long CountOf(T value) => Interlocked.Read(ref _counts[IndexOf(value)]);

    private static int IndexOf(T value) => System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(value);
}
