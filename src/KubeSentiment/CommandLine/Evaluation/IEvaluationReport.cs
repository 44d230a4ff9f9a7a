using System.Text.Json.Nodes;

namespace KubeSentiment.CommandLine.Evaluation;

/// <summary>One view of how good the model is. Each keeps sums only, so that files may be of any size; a new view is a new type beside these.</summary>
internal interface IEvaluationReport
{
    /// <summary>Its member in the JSON report.</summary>
    public string Name { get; }

    public void Show(Terminal terminal);

    public JsonNode ToJson();

    /// <summary>Draws it; null for a report that has no picture.</summary>
    public SvgPanel? Draw() => null;
}

/// <summary>A view of what the model answers as it is set up; sees every row once.</summary>
internal interface IPredictionReport : IEvaluationReport
{
    public void Add(LabelledPrediction row);
}
