using System.Runtime.InteropServices;

namespace KubeSentiment.Anomalies;

/// <summary>Something odd about a prediction.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Score">How odd, 0..1: 0 just past the threshold, 1 as odd as can be. Scores of different types are on the same scale.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Anomaly(AnomalyType Type, float Score);
