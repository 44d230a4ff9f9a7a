using System.Diagnostics;
using KubeSentiment.Bench.Direct;

namespace KubeSentiment.Bench.Cascade;

/// <summary>Both models on the same texts, each text once through each: what any threshold would have given can be worked out of that.</summary>
/// <param name="fast">The fast model.</param>
/// <param name="full">The full model.</param>
/// <param name="threads">Runs at the same time.</param>
internal sealed class TwoModels(DirectModel fast, DirectModel full, int threads)
{
    /// <summary>As in the service's default.</summary>
    private const int BatchTokens = 512;

    private const int WarmUpTexts = 200;

    /// <summary>Tokenizes and runs all texts, in batches of like lengths.</summary>
    public TwoModelsResult Run(List<string> texts)
    {
        Measure([.. texts.Take(WarmUpTexts)]);
        return Measure(texts);
    }

    private TwoModelsResult Measure(List<string> texts)
    {
        var started = Stopwatch.GetTimestamp();
        var ids = texts.ConvertAll(full.Encode);
        var tokenization = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var byLength = Enumerable.Range(0, texts.Count).OrderByDescending(i => ids[i].Length).ToArray();
        var (fastScores, fastSeconds) = Scores(fast, ids, byLength);
        var (fullScores, fullSeconds) = Scores(full, ids, byLength);
        return new TwoModelsResult(
            tokenization, fastSeconds.Sum(), [.. Enumerable.Range(0, texts.Count).Select(i => new TwoAnswers(fastScores[i], fullScores[i], fullSeconds[i]))]);
    }

    /// <summary>A text's seconds are its part of its batch's.</summary>
    private (float[][] Scores, double[] Seconds) Scores(DirectModel model, List<int[]> ids, int[] order)
    {
        var batches = Batches(ids, order).ToList();
        var scores = new float[ids.Count][];
        var seconds = new double[ids.Count];
        Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = threads }, batch =>
        {
            var started = Stopwatch.GetTimestamp();
            var answers = model.Run(Array.ConvertAll(batch, i => ids[i]));
            var each = Stopwatch.GetElapsedTime(started).TotalSeconds / batch.Length;
            var labels = answers.Length / batch.Length;
            for (var row = 0; row < batch.Length; row++)
            {
                scores[batch[row]] = answers[(row * labels)..((row + 1) * labels)];
                seconds[batch[row]] = each;
            }
        });
        return (scores, seconds);
    }

    private static IEnumerable<int[]> Batches(List<int[]> ids, int[] order)
    {
        for (var first = 0; first < order.Length;)
        {
            var size = Math.Min(Math.Max(1, BatchTokens / ids[order[first]].Length), order.Length - first);
            yield return order[first..(first + size)];
            first += size;
        }
    }
}

/// <summary>What both models said of all texts, and what it took on one core.</summary>
/// <param name="TokenizationSeconds">Of all texts, for both models.</param>
/// <param name="FastSeconds">The fast model's runs.</param>
/// <param name="Texts">By text, in order.</param>
internal sealed record TwoModelsResult(double TokenizationSeconds, double FastSeconds, List<TwoAnswers> Texts);

/// <summary>What both models said of one text.</summary>
/// <param name="Fast">The fast model's scores.</param>
/// <param name="Full">The full model's scores.</param>
/// <param name="FullSeconds">What the full model took for it.</param>
internal sealed record TwoAnswers(float[] Fast, float[] Full, double FullSeconds);
