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
    /// <param name="values">What is counted: small numbers.</param>
    /// <param name="word">The word for each.</param>
    public CountsByWord(Meter meter, string name, string description, string label, IEnumerable<T> values, Func<T, string> word)
    {
        _words = [.. values.Select(value => (value, new KeyValuePair<string, object?>(label, word(value))))];
        _counts = new long[_words.Max(entry => IndexOf(entry.Value)) + 1];
        meter.CreateObservableCounter(name, () => _words.Select(entry => new Measurement<long>(CountOf(entry.Value), entry.Label)), null, description);
    }

    public long Total => _words.Sum(entry => CountOf(entry.Value));

    public void Add(T value) => Interlocked.Increment(ref _counts[IndexOf(value)]);

    public long CountOf(T value) => Interlocked.Read(ref _counts[IndexOf(value)]);

    private static int IndexOf(T value) => System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(value);
}
