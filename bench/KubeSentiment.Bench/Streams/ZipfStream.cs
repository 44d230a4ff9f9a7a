namespace KubeSentiment.Bench.Streams;

/// <summary>A stream of texts in which few are frequent and most are rare, as in real traffic: the k-th text of n comes with probability proportional to 1/k^s.</summary>
/// <remarks>The exponent s follows from the hit rate that a cache without bounds would have on the stream: 1 - (expected distinct texts) / (texts).</remarks>
internal sealed class ZipfStream
{
    private const double SteepestExponent = 4;

    private readonly double[] _cumulative;

    /// <summary>Finds the exponent.</summary>
    /// <param name="catalogue">How many different texts there are.</param>
    /// <param name="count">How many are drawn.</param>
    /// <param name="hitRate">What a cache without bounds would answer, 0..1.</param>
    /// <exception cref="InvalidDataException">So few texts cannot give so low a rate.</exception>
    public ZipfStream(int catalogue, int count, double hitRate)
    {
        var (low, high) = (0.0, SteepestExponent);
        if (ExpectedHitRate(Weights(catalogue, low), count) > hitRate)
        {
            throw new InvalidDataException(
                $"{count} draws from {catalogue} texts repeat more often than {hitRate:P0} even when all are equally frequent: give more texts.");
        }

        while (high - low > 1e-6)
        {
            var middle = (low + high) / 2;
            (low, high) = ExpectedHitRate(Weights(catalogue, middle), count) < hitRate ? (middle, high) : (low, middle);
        }

        Exponent = (low + high) / 2;
        _cumulative = Weights(catalogue, Exponent);
        for (var i = 1; i < catalogue; i++)
        {
            _cumulative[i] += _cumulative[i - 1];
        }
    }

    public double Exponent { get; }

    /// <summary>Draws ranks, 0 the most frequent.</summary>
    public IEnumerable<int> Draw(int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            var place = Array.BinarySearch(_cumulative, random.NextDouble());
            yield return Math.Min(place < 0 ? ~place : place, _cumulative.Length - 1);
        }
    }

    private static double[] Weights(int catalogue, double exponent)
    {
        var weights = new double[catalogue];
        var sum = 0.0;
        for (var k = 0; k < catalogue; k++)
        {
            sum += weights[k] = Math.Pow(k + 1, -exponent);
        }

        return Array.ConvertAll(weights, weight => weight / sum);
    }

    private static double ExpectedHitRate(double[] weights, int count) => 1 - (weights.Sum(p => 1 - Math.Pow(1 - p, count)) / count);
}
