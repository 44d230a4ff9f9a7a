namespace KubeSentiment.Inference.Graphs;

/// <summary>Operators that work on each position of a text for itself: what they make of one does not depend on the others.</summary>
internal static class RowWiseOperators
{
    private static readonly HashSet<string> ElementWise =
    [
        "Add", "Sub", "Mul", "Div", "Pow", "Erf", "Tanh", "Sigmoid", "Relu", "Sqrt", "Reciprocal", "Neg", "Identity", "Cast",
        "Gelu", "BiasGelu", "FastGelu", "QuickGelu",
    ];

    /// <summary>Which of a node's inputs have a row for each position, as its output does.</summary>
    /// <param name="node">A node whose output is shaped [texts, positions, features].</param>
    /// <param name="graph">Its graph.</param>
    /// <returns>Indices of inputs; null when the node is not known to be row-wise.</returns>
    public static IReadOnlyList<int>? InputsWithPositions(OnnxNode node, OnnxGraph graph) => node switch
    {
        _ when ElementWise.Contains(node.OperatorType) => OfElementWise(node, graph),
        { OperatorType: "MatMul", Inputs: [_, var weight] } => graph.Constant(weight.Name) is { Dimensions.Count: 2 } ? [0] : null,
        { OperatorType: "LayerNormalization" } => IsLast(node, "axis") && AreConstant(node, graph, from: 1) ? [0] : null,
        { OperatorType: "SkipLayerNormalization", Outputs.Count: 1 } => AreConstant(node, graph, from: 2) ? [0, 1] : null,
        { OperatorType: "ReduceMean", Inputs.Count: 1 } => IsLast(node, "axes") && !(node.Numbers.TryGetValue("keepdims", out var keep) && keep[0] == 0) ? [0] : null,
        { OperatorType: "QuantizeLinear" or "DequantizeLinear" } => AreConstant(node, graph, from: 1) && graph.Constant(node.Inputs[1].Name) is { Dimensions.Count: 0 } ? [0] : null,
        _ => null,
    };

    private static List<int>? OfElementWise(OnnxNode node, OnnxGraph graph)
    {
        var inputs = new List<int>();
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (graph.Constant(node.Inputs[i].Name) is not { } constant)
            {
                inputs.Add(i);
            }
            else if (constant.Dimensions.SkipLast(1).Any(size => size != 1))
            {
                // A value for each position, as a table of positions has.
                return null;
            }
        }

        return inputs;
    }

    private static bool IsLast(OnnxNode node, string attribute) => !node.Numbers.TryGetValue(attribute, out var axes) ? attribute == "axis" : axes is [-1 or 2];

    private static bool AreConstant(OnnxNode node, OnnxGraph graph, int from) => node.Inputs.Skip(from).All(input => input.Name.Length == 0 || graph.Constant(input.Name) is not null);
}
