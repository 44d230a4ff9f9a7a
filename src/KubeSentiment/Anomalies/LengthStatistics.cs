namespace KubeSentiment.Anomalies;

/// <summary>How long texts usually are: running mean and variance of the logarithm of their lengths.</summary>
/// <remarks>
/// <para>
/// The logarithm, because lengths spread by factors: ten times too long is as odd as ten times too short. The first texts are weighed alike, which is Welford's
/// method; once the window is full each new one weighs 1/window, which forgets exponentially. The same texts in the same order give the same figures.
/// </para>
/// <para>
/// One thread at a time changes mean and variance; another that comes meanwhile leaves its text out, and one text in a thousand changes no statistics. So nobody
/// waits. A reader may see the mean of a text and the variance of the one before: they differ by a window's share. Both are doubles: a text's weight in a large
/// window is less than a float's last bit, and the mean would stand still.
/// </para>
/// </remarks>
internal sealed class LengthStatistics(int window)
{
    /// <summary>Fewer texts say too little of what is usual.</summary>
    public const int LeastTexts = 1_000;

    /// <summary>Where all texts are about as long as each other, small differences are many deviations, and still small.</summary>
    public const float LeastDeviation = 0.5f;

    private readonly int _leastTexts = Math.Min(LeastTexts, window);

    // Read by all, written by whoever has set _changing, by an interlocked exchange, from 0 to 1.
    private double _mean;
    private double _variance;
    private int _changing;

    // Interlocked; stops at the window.
    private int _count;

    /// <summary>The length in the middle, so to speak: half of a log-normal crowd is longer. 0 before there is one.</summary>
    public double Typical => Volatile.Read(ref _count) == 0 ? 0 : Math.Exp(Volatile.Read(ref _mean));

    /// <summary>Standard deviation of the logarithm: e to its power is the factor by which lengths usually differ.</summary>
    public double Deviation => Math.Sqrt(Volatile.Read(ref _variance));

    /// <summary>Compares a text's length with those before it, then counts it among them.</summary>
    /// <param name="length">1 or more.</param>
    /// <returns>How many deviations it is off the mean, below zero when it is shorter; 0 while there are too few to tell.</returns>
    public float Observe(int length)
    {
        var logarithm = MathF.Log(length);
        var count = Volatile.Read(ref _count);
        var (mean, variance) = (Volatile.Read(ref _mean), Volatile.Read(ref _variance));
        if (count < window)
        {
            count = Interlocked.Increment(ref _count);
        }

        if (Interlocked.CompareExchange(ref _changing, 1, 0) == 0)
        {
            Add(logarithm, 1.0 / Math.Min(count, window));
            Volatile.Write(ref _changing, 0);
        }

        return count <= _leastTexts ? 0 : (float)((logarithm - mean) / Math.Max(LeastDeviation, Math.Sqrt(variance)));
    }

    private void Add(double logarithm, double weight)
    {
        var off = logarithm - _mean;
        var next = _mean + (weight * off);
        Volatile.Write(ref _variance, Math.Max(0, _variance + (weight * ((off * (logarithm - next)) - _variance))));
        Volatile.Write(ref _mean, next);
    }
}
