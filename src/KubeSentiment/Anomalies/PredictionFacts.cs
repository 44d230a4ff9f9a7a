using System.Runtime.InteropServices;

namespace KubeSentiment.Anomalies;

/// <summary>What the detector looks at.</summary>
/// <param name="Label">The label with the highest score.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Margin">How far that is ahead of the next label's, 0..1.</param>
/// <param name="Length">Length of the text in UTF-16 units; 1 or more.</param>
/// <param name="Tokens">Tokens the model read.</param>
/// <param name="Truncated">Whether the text had more.</param>
/// <param name="UnreadableShare">Share of the text's words that the model could not read, 0..1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PredictionFacts(string Label, float Score, float Margin, int Length, int Tokens, bool Truncated, float UnreadableShare);
