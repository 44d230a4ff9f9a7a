namespace KubeSentiment.Anomalies;

/// <summary>How long texts usually are: running mean and variance of the logarithm of their lengths.</summary>
/// <remarks>
/// <para>
/// The logarithm, because lengths spread by factors: ten times too long is as odd as ten times too short. The first texts are weighed alike, which is Welford's
/// method; once the window is full each new one weighs 1/window, which forgets exponentially. The same texts in the same order give the same figures.
/// </para>
/// <para>
/// Mean and variance are two floats in one 64-bit field, changed by one compare-and-swap that is not repeated: a thread that loses leaves its text out, and
/// one text in a thousand changes no statistics. So nobody waits, and no reader sees a mean without its variance.
/// </para>
/// </remarks>
internal sealed class LengthStatistics(int window)
{
    /// <summary>Fewer texts say too little of what is usual.</summary>
    public const int LeastTexts = 1_000;

    /// <summary>Where all texts are about as long as each other, small differences are many deviations, and still small.</summary>
    public const float LeastDeviation = 0.5f;

    private readonly int _leastTexts = Math.Min(LeastTexts, window);

    // Interlocked: the variance in the high half, the mean in the low one.
    private long _moments;

    // Interlocked; stops at the window.
    private int _count;

    /// <summary>The length in the middle, so to speak: half of a log-normal crowd is longer. 0 before there is one.</summary>
    public double Typical => Volatile.Read(ref _count) == 0 ? 0 : Math.Exp(Mean(Interlocked.Read(ref _moments)));

    /// <summary>Standard deviation of the logarithm: e to its power is the factor by which lengths usually differ.</summary>
    public double Deviation => Math.Sqrt(Variance(Interlocked.Read(ref _moments)));

    /// <summary>Compares a text's length with those before it, then counts it among them.</summary>
    /// <param name="length">1 or more.</param>
    /// <returns>How many deviations it is off the mean, below zero when it is shorter; 0 while there are too few to tell.</returns>
    public float Observe(int length)
    {
        var logarithm = MathF.Log(length);
        var count = Volatile.Read(ref _count);
        var moments = Interlocked.Read(ref _moments);
        var (mean, variance) = (Mean(moments), Variance(moments));
        if (count < window)
        {
            count = Interlocked.Increment(ref _count);
        }

        var off = logarithm - mean;
        var weight = 1f / Math.Min(count, window);
        var next = mean + (weight * off);
        Interlocked.CompareExchange(ref _moments, Pack(next, variance + (weight * ((off * (logarithm - next)) - variance))), moments);
        return count <= _leastTexts ? 0 : off / MathF.Max(LeastDeviation, MathF.Sqrt(variance));
    }

    private static float Mean(long moments) => BitConverter.Int32BitsToSingle((int)moments);

    private static float Variance(long moments) => BitConverter.Int32BitsToSingle((int)(moments >> 32));

    private static long Pack(float mean, float variance) =>
        ((long)BitConverter.SingleToInt32Bits(MathF.Max(0, variance)) << 32) | (uint)BitConverter.SingleToInt32Bits(mean);
}
