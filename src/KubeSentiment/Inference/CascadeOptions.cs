using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Inference;

/// <summary>Two speeds: when the answer of the folder's fast model is enough.</summary>
[Settings("Cascade")]
internal sealed class CascadeOptions : IValidatableObject
{
    /// <summary>Lets the folder's fast model, where it has one, answer the texts that it is sure of. Off, the full model answers all, at a third to two thirds of the speed.</summary>
    [Setting("CASCADE_ENABLED")]
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Top score from which the fast model's answer is kept. Lower it for speed, raise it to have more texts read by the full model; above 1 that reads all. docs/cascade.md has the
    /// trade-off.
    /// </summary>
    [Setting("CASCADE_THRESHOLD"), Range(0.0, 2.0)]
    public double Threshold { get; set; } = 0.75;

    /// <summary>Longest text, in tokens, that the fast model may answer; longer ones go straight to the full model. 0, the default, is no limit.</summary>
    [Setting("CASCADE_MAX_TOKENS"), Range(0, 65_536)]
    public int MaxTokens { get; set; }

    /// <summary>
    /// How far the threshold may fall for HTTP callers before any of them is refused for overload. None, the default, leaves it where it is. Set it where an answer of the fast model is
    /// better than none.
    /// </summary>
    [Setting("CASCADE_FLOOR"), Range(0.0, 1.0)]
    public double? Floor { get; set; }

    /// <summary>What is wrong in combination.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Floor > Threshold)
        {
            yield return new ValidationResult("is above MLOPS_CASCADE_THRESHOLD, which it may only lower", [nameof(Floor), nameof(Threshold)]);
        }
    }
}
