using System.Buffers.Binary;

namespace KubeSentiment.Inference.Graphs;

/// <summary>The nodes of an ONNX file and the shapes of its constants; the weights stay where they are.</summary>
/// <remarks>Source of the field numbers: onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.</remarks>
internal sealed class OnnxGraph
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxConstant> _constants = [];
    private readonly Dictionary<string, OnnxNode> _producers = [];
    private readonly HashSet<string> _read = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not a protobuf message.</exception>
    public OnnxGraph(ReadOnlySpan<byte> file)
    {
        var model = new ProtobufMessage(file, ..);
        while (model.Read())
        {
            if (model.Field == 7)
            {
                ReadGraph(file, model.Content);
            }
        }

        foreach (var node in _nodes)
        {
            foreach (var output in node.Outputs)
            {
                _producers[output] = node;
            }

            if (node is { OperatorType: "Constant", Value: { } value, Outputs: [var name] })
            {
                _constants[name] = value;
            }
        }
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Whether parts lie elsewhere: in graphs within nodes, whose reading of names is not seen here, or in other files.</summary>
    public bool HasPartsElsewhere { get; private set; }

    /// <summary>The node that makes a value; null for inputs and weights.</summary>
    public OnnxNode? Producer(string value) => _producers.GetValueOrDefault(value);

    /// <summary>A weight, a constant, or what is made of one without changing its shape; null for everything else.</summary>
    public OnnxConstant? Constant(string value) =>
        _constants.TryGetValue(value, out var constant) ? constant
        : Producer(value) is { OperatorType: "Identity" or "Cast" or "DequantizeLinear" } node ? Constant(node.Inputs[0].Name)
        : null;

    /// <summary>Whether the file uses a name for a value.</summary>
    public bool Knows(string value) => _constants.ContainsKey(value) || _producers.ContainsKey(value) || _read.Contains(value);

    private static OnnxConstant ReadTensor(ReadOnlySpan<byte> file, Range content, out string name, out bool isElsewhere)
    {
        (name, isElsewhere) = (string.Empty, false);
        var dimensions = new List<long>();
        var numbers = new List<long>();
        var type = 0L;
        var tensor = new ProtobufMessage(file, content);
        while (tensor.Read())
        {
            switch (tensor.Field)
            {
                case 1:
                    tensor.Numbers(dimensions);
                    break;
                case 2:
                    type = tensor.Number;
                    break;
                case 7:
                    tensor.Numbers(numbers);
                    break;
                case 8:
                    name = tensor.Text();
                    break;
                case 9 when type == 7 && file[tensor.Content] is { Length: 8 } raw:
                    numbers.Add(BinaryPrimitives.ReadInt64LittleEndian(raw));
                    break;
                case 13:
                    isElsewhere = true;
                    break;
            }
        }

        return new(dimensions, numbers is [var single] ? single : null);
    }

    private void ReadGraph(ReadOnlySpan<byte> file, Range content)
    {
        var graph = new ProtobufMessage(file, content);
        while (graph.Read())
        {
            if (graph.Field == 1)
            {
                _nodes.Add(ReadNode(file, graph.Content));
            }
            else if (graph.Field == 5)
            {
                var weight = ReadTensor(file, graph.Content, out var name, out var isElsewhere);
                _constants[name] = weight;
                HasPartsElsewhere |= isElsewhere;
            }
        }
    }

    private OnnxNode ReadNode(ReadOnlySpan<byte> file, Range content)
    {
        var inputs = new List<OnnxInput>();
        var outputs = new List<string>();
        var numbers = new Dictionary<string, IReadOnlyList<long>>();
        var operatorType = string.Empty;
        OnnxConstant? value = null;
        var node = new ProtobufMessage(file, content);
        while (node.Read())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(new(node.Text(), node.Content.Start.Value));
                    _read.Add(inputs[^1].Name);
                    break;
                case 2:
                    outputs.Add(node.Text());
                    break;
                case 4:
                    operatorType = node.Text();
                    break;
                case 5:
                    ReadAttribute(file, node.Content, numbers, ref value);
                    break;
            }
        }

        return new() { OperatorType = operatorType, Inputs = inputs, Outputs = outputs, Numbers = numbers, Value = value };
    }

    private void ReadAttribute(ReadOnlySpan<byte> file, Range content, Dictionary<string, IReadOnlyList<long>> numbers, ref OnnxConstant? value)
    {
        var name = string.Empty;
        var integers = new List<long>();
        var attribute = new ProtobufMessage(file, content);
        while (attribute.Read())
        {
            switch (attribute.Field)
            {
                case 1:
                    name = attribute.Text();
                    break;
                case 3 or 8:
                    attribute.Numbers(integers);
                    break;
                case 5:
                    value = ReadTensor(file, attribute.Content, out _, out _);
                    break;
                case 6 or 11:
                    HasPartsElsewhere = true;
                    break;
            }
        }

        if (integers.Count > 0)
        {
            numbers[name] = integers;
        }
    }
}
