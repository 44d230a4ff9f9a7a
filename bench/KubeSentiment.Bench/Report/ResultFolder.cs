using KubeSentiment.Bench.Direct;
using KubeSentiment.Bench.Load;

namespace KubeSentiment.Bench.Report;

/// <summary>The results of one comparison: NAME-ROUND.json for what is repeated, NAME.json for what is not.</summary>
internal sealed class ResultFolder(DirectoryInfo folder)
{
    public List<LoadResult> Loads(string name) => Rounds<LoadResult>(name);

    public List<DirectResult> Directs(string name) => Rounds<DirectResult>(name);

    public List<DirectSingleResult> Singles(string name) => Rounds<DirectSingleResult>(name);

    /// <summary>Milliseconds from start to ready, one a start.</summary>
    public List<double> ReadyMilliseconds() => Rounds<StartResult>("start").ConvertAll(start => start.ReadyMs);

    private List<T> Rounds<T>(string name) =>
        [.. folder.GetFiles($"{name}-*.json").OrderBy(file => file.Name, StringComparer.Ordinal).Select(ResultJson.Read<T>)];
}

/// <summary>One start of the service.</summary>
internal sealed record StartResult(double ReadyMs);

/// <summary>The middle of repeated measurements.</summary>
internal static class Median
{
    public static double Of<T>(IEnumerable<T> measured, Func<T, double> figure)
    {
        var sorted = measured.Select(figure).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
