namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>What <c>kubesentiment evaluate</c> was asked for.</summary>
/// <param name="Model">The model's folder; null takes that of the settings.</param>
/// <param name="Map">What the file's labels mean, where the user says so.</param>
/// <param name="AllLabels">Compare all labels of the model.</param>
/// <param name="NoTradeOff">Leave out what other thresholds would give.</param>
/// <param name="Outputs">Files that the report is written to.</param>
internal sealed record EvaluateOptions(string? Model, IReadOnlyDictionary<string, string> Map, bool AllLabels, bool NoTradeOff, IReadOnlyList<string> Outputs);
