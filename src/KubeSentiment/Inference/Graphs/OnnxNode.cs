namespace KubeSentiment.Inference.Graphs;

/// <summary>One node of a graph.</summary>
internal sealed class OnnxNode
{
    /// <summary>ONNX's <c>op_type</c>.</summary>
    public required string OperatorType { get; init; }

    /// <summary>What it reads; an empty name for what it does without.</summary>
    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    /// <summary>What it makes.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Its attributes that are whole numbers.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<long>> Numbers { get; init; }

    /// <summary>Its attribute that is a tensor; null without one.</summary>
    public OnnxConstant? Value { get; init; }
}

/// <summary>What a node reads.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Place">Where the name begins in the file.</param>
internal sealed record OnnxInput(string Name, int Place);

/// <summary>A tensor that is the same for all texts.</summary>
/// <param name="Dimensions">Its shape.</param>
/// <param name="Integer">Its value where it is one 64-bit whole number, else null.</param>
internal sealed record OnnxConstant(IReadOnlyList<long> Dimensions, long? Integer);
