namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>What each of the two models says of a text.</summary>
/// <param name="Fast">The fast model.</param>
/// <param name="Full">The full model.</param>
/// <param name="TopScore">The fast model's best score among all labels, 0..1: what the threshold is compared with. Negative where it may not answer.</param>
/// <param name="Tokens">Length of the text.</param>
internal sealed record TwoSpeedPrediction(LabelledPrediction Fast, LabelledPrediction Full, float TopScore, int Tokens);
