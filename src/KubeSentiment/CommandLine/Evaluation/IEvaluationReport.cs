using System.Text.Json.Nodes;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>One view of how good the model is. Each sees every row once and keeps sums only, so that files may be of any size; a new view is a new type beside these.</summary>
internal interface IEvaluationReport
{
    /// <summary>Its member in the JSON report.</summary>
    public string Name { get; }

    public void Add(LabelledPrediction row);

    public void Show(Terminal terminal);

    public JsonNode ToJson();
}
