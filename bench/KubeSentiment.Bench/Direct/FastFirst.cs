using KubeSentiment.Inference;

namespace KubeSentiment.Bench.Direct;

/// <summary>The fast model in front of the full one, by the rule of the service's defaults.</summary>
internal sealed class FastFirst : IDisposable
{
    private readonly DirectModel _model;
    private readonly CascadeRule _rule;

    public FastFirst(DirectoryInfo folder)
    {
        var opened = ModelFolder.Open(folder.FullName, name: null);
        _rule = CascadeRule.Of(new CascadeOptions(), opened) ?? throw new InvalidDataException($"{folder} has no fast model.");
        _model = new DirectModel(folder, Path.GetFileName(opened.FastPath!));
    }

    /// <summary>Whether the fast model may read the text at all.</summary>
    public bool Admits(int[] ids) => _rule.Admits(ids.Length);

    /// <summary>Runs these texts as one batch through the fast model.</summary>
    /// <returns>By text, whether its answer is kept.</returns>
    public bool[] Run(ReadOnlySpan<int[]> batch)
    {
        var logits = _model.Logits(batch);
        var labels = logits.Length / batch.Length;
        var kept = new bool[batch.Length];
        for (var row = 0; row < kept.Length; row++)
        {
            kept[row] = CascadeRule.TopScore(logits.AsSpan(row * labels, labels)) >= _rule.Threshold;
        }

        return kept;
    }

    public void Dispose() => _model.Dispose();
}
