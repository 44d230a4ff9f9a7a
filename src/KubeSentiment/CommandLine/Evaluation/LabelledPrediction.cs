using System.Runtime.InteropServices;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>A prediction beside the truth, among the classes that are compared.</summary>
/// <param name="Truth">Index of the right class.</param>
/// <param name="Predicted">Index of the class with the best score.</param>
/// <param name="Confidence">The best score as a share of the compared classes' scores, 0..1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LabelledPrediction(int Truth, int Predicted, double Confidence)
{
    public bool IsRight => Truth == Predicted;

    /// <summary>Picks the best of the classes; labels of the model that no text of the file has do not take part.</summary>
    /// <param name="truth">Index of the right class.</param>
    /// <param name="scores">A score a class.</param>
    public static LabelledPrediction Of(int truth, ReadOnlySpan<float> scores)
    {
        var best = 0;
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            sum += scores[i];
            best = scores[i] > scores[best] ? i : best;
        }

        return new LabelledPrediction(truth, best, sum > 0 ? scores[best] / sum : 1.0 / scores.Length);
    }
}
