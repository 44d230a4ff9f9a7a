using System.Buffers.Binary;
using static KubeSentiment.Inference.Graphs.ProtobufFields;

namespace KubeSentiment.Tests.Inference.Graphs;

/// <summary>A small classifier written as an ONNX file, to be changed by tests: table[16, 4] -> [texts, positions, 4] -> first position -> two logits.</summary>
internal sealed class GraphFile
{
    public const int Int32Ids = 6;
    private const int Float = 1;
    private const int Int64 = 7;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _weights = [];
    private bool _hasFreeLogits;
    private int? _texts;
    private int? _positions;
    private bool _hidesAxes;

    /// <summary>Ids become vectors, named <c>hidden</c>.</summary>
    public static GraphFile WithEmbedding(int words = 16, string ids = "input_ids") => new GraphFile().Weight("table", words, 4).Node("Gather", ["table", ids], "hidden");

    /// <summary>The first position of a value becomes the logits.</summary>
    public GraphFile Classify(string value, int axis = 1, long position = 0, int labels = 2, string output = "logits") => this
        .Constant("first", position)
        .Weight("classifier", 4, labels)
        .Node("Gather", [value, "first"], "pooled", Is("axis", axis))
        .Node("MatMul", ["pooled", "classifier"], output);

    public GraphFile Node(string type, string[] inputs, string output, params byte[][] attributes)
    {
        _nodes.Add(Field(1, [
            .. inputs.SelectMany(input => Text(1, input)), .. Text(2, output), .. Text(3, $"{type}/{output}"), .. Text(4, type), .. attributes.SelectMany(attribute => attribute)]));
        return this;
    }

    /// <summary>An attribute that is a number.</summary>
    public static byte[] Is(string name, int number) => Field(5, [.. Text(1, name), .. Number(3, number), .. Number(20, 2)]);

    /// <summary>An attribute that is a list with one number.</summary>
    public static byte[] Has(string name, int number) => Field(5, [.. Text(1, name), .. Number(8, number), .. Number(20, 7)]);

    /// <summary>Values that differ from one another.</summary>
    public GraphFile Weight(string name, params int[] dimensions)
    {
        var count = dimensions.Aggregate(1, (product, size) => product * size);
        var random = new Random(name.Length + count);
        return Weight(name, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)], dimensions);
    }

    public GraphFile Weight(string name, float[] values, params int[] dimensions)
    {
        var raw = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);
        }

        _weights.Add(Field(5, [.. dimensions.SelectMany(size => Number(1, size)), .. Number(2, Float), .. Text(8, name), .. Field(9, raw)]));
        return this;
    }

    /// <summary>One whole number.</summary>
    public GraphFile Constant(string name, long value)
    {
        var raw = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(raw, value);
        _weights.Add(Field(5, [.. Number(2, Int64), .. Text(8, name), .. Field(9, raw)]));
        return this;
    }

    /// <summary>A weight in another file.</summary>
    public GraphFile WeightElsewhere(string name, string location = "weights")
    {
        _weights.Add(Field(5, TensorElsewhere(name, location)));
        return this;
    }

    /// <summary>A node that is a weight in another file.</summary>
    public GraphFile ConstantElsewhere(string name, string location) => Node("Constant", [], name, Field(5, [.. Text(1, "value"), .. Field(5, TensorElsewhere(name, location)), .. Number(20, 4)]));

    /// <summary>A node with a graph inside that has a weight in another file.</summary>
    public GraphFile GraphElsewhere(string input, string output, string location) =>
        Node("Loop", [input], output, Field(5, [.. Text(1, "body"), .. Field(6, [.. Text(2, "inner"), .. Field(5, TensorElsewhere("inside", location))]), .. Number(20, 5)]));

    /// <summary>Says nothing of how many logits a text gets.</summary>
    public GraphFile WithFreeLogits()
    {
        _hasFreeLogits = true;
        return this;
    }

    /// <summary>Takes so many texts of such a length only; null leaves either free.</summary>
    public GraphFile WithFixedIds(int? texts, int? positions)
    {
        (_texts, _positions) = (texts, positions);
        return this;
    }

    /// <summary>Says nothing of the axes of its input.</summary>
    public GraphFile WithHiddenAxes()
    {
        _hidesAxes = true;
        return this;
    }

    /// <summary>A node with a graph inside.</summary>
    public GraphFile NodeWithGraph(string input, string output) => Node("Loop", [input], output, Field(5, [.. Text(1, "body"), .. Field(6, Text(2, "inner")), .. Number(20, 5)]));

    /// <summary>The file.</summary>
    /// <param name="ids">The type of the token ids.</param>
    /// <param name="input">The token ids' name.</param>
    /// <param name="output">The name of the logits.</param>
    /// <param name="logits">Their type.</param>
    public byte[] Bytes(int ids = Int64, string input = "input_ids", string output = "logits", int logits = Float) =>
    [
        .. Number(1, 8),
        .. Field(8, Number(2, 17)),
        .. Field(7, [.. _nodes.SelectMany(node => node), .. Text(2, "test"), .. _weights.SelectMany(weight => weight), .. Ids(input, ids), .. Logits(output, logits)]),
    ];

    private static byte[] TensorElsewhere(string name, string location) =>
        [.. Number(1, 4), .. Number(2, Float), .. Text(8, name), .. Field(13, [.. Text(1, "location"), .. Text(2, location)]), .. Number(14, 1)];

    private byte[] Ids(string name, int type) => _hidesAxes ? Value(11, name, type) : Value(11, name, type, Axis(_texts, "texts"), Axis(_positions, "positions"));

    private byte[] Logits(string name, int type) => Value(12, name, type, Text(2, "texts"), _hasFreeLogits ? Text(2, "labels") : Number(1, 2));

    private static byte[] Axis(int? size, string name) => size is { } known ? Number(1, known) : Text(2, name);

    private static byte[] Value(int field, string name, int type, params byte[][] axes)
    {
        byte[] shape = axes is [] ? [] : Field(2, [.. axes.SelectMany(axis => Field(1, axis))]);
        return Field(field, [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, type), .. shape]))]);
    }
}
