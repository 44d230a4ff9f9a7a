using System.IO.MemoryMappedFiles;
using System.Text;
using static KubeSentiment.Inference.Graphs.ProtobufFields;

namespace KubeSentiment.Inference.Graphs;

/// <summary>Spares a graph the positions that its answer does not read.</summary>
/// <remarks>
/// <para>Classifiers of the BERT family read the last layer's first position only, yet exported graphs compute that layer for all of them. Its larger part works on each position for itself
/// (<see cref="RowWiseOperators"/>), so it gives the same for the first one when the others are left out in front of it: some 11 % of a run of the built-in model, to the same bits.</para>
/// <para>Which positions are computed is an input of its own, <see cref="Input"/>: the first for logits, all of them for the sentence vector, which is their mean.</para>
/// <para>A protobuf message whose field comes twice is read as both merged. So the file stays as it is but for names of the same length, and what is added stands behind it: weights are not copied.</para>
/// </remarks>
internal static class PositionPruning
{
    /// <summary>The added input: the positions to compute, int64 [any number].</summary>
    public const string Input = "read_positions";

    /// <summary>A second copy is in memory while a graph is opened; larger ones are opened as they are.</summary>
    private const long LargestFile = 512 << 20;

    /// <summary>Reads a graph's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="answer">The output that must stay the same.</param>
    /// <returns>The file with the positions chosen by <see cref="Input"/>; null when there is nothing to spare or the file is not understood.</returns>
    public static MemoryFile? TryApply(string path, string answer)
    {
        try
        {
            return new FileInfo(path).Length is > 0 and <= LargestFile and var length ? Apply(path, (int)length, answer) : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // ONNX Runtime says what is wrong with it.
            return null;
        }
    }

    private static unsafe MemoryFile? Apply(string path, int length, string answer)
    {
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return Apply(new ReadOnlySpan<byte>(start, length), answer);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static MemoryFile? Apply(ReadOnlySpan<byte> file, string answer)
    {
        var graph = new OnnxGraph(file);
        var region = graph.HasPartsElsewhere ? [] : RowWiseBeforeTheFirst(graph, answer);
        if (!region.Keys.Any(node => node.OperatorType == "MatMul") || MemoryFile.TryCreate(Input) is not { } pruned)
        {
            return null;
        }

        var entering = Entering(graph, region);
        var names = NewNames(graph, entering);
        pruned.Write(file, 0);
        entering.ForEach(input => pruned.Write(Encoding.UTF8.GetBytes(names[input.Name]), input.Place));
        pruned.Write(ChoiceOfPositions(names), file.Length);
        return pruned;
    }

    /// <summary>The nodes that nothing but the choice of the first position reads, and that work on each position for itself, with their inputs that have positions.</summary>
    private static Dictionary<OnnxNode, IReadOnlyList<int>> RowWiseBeforeTheFirst(OnnxGraph graph, string answer)
    {
        var readers = Readers(graph, answer);
        var region = new Dictionary<OnnxNode, IReadOnlyList<int>>();
        // Nodes stand behind what they read, so all readers of one are known when its turn comes.
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (node.Outputs is [var output] && output != answer && readers.TryGetValue(output, out var all)
                && all.TrueForAll(reader => region.ContainsKey(reader) || ChoosesTheFirst(reader, output, graph))
                && RowWiseOperators.InputsWithPositions(node, graph) is { Count: > 0 } inputs)
            {
                region.Add(node, inputs);
            }
        }

        return region;
    }

    /// <summary>Who reads a value on the way to the answer; other outputs get all positions when they are asked for.</summary>
    private static Dictionary<string, List<OnnxNode>> Readers(OnnxGraph graph, string answer)
    {
        var readers = new Dictionary<string, List<OnnxNode>>();
        var seen = new HashSet<OnnxNode>();
        var open = new Stack<string>([answer]);
        while (open.TryPop(out var value))
        {
            if (graph.Producer(value) is { } node && seen.Add(node))
            {
                foreach (var input in node.Inputs)
                {
                    open.Push(input.Name);
                    if (!readers.TryGetValue(input.Name, out var all))
                    {
                        readers[input.Name] = all = [];
                    }

                    all.Add(node);
                }
            }
        }

        return readers;
    }

    private static bool ChoosesTheFirst(OnnxNode node, string value, OnnxGraph graph) =>
        node is { OperatorType: "Gather", Inputs: [var data, var indices] } && data.Name == value && graph.Constant(indices.Name)?.Integer == 0
        && node.Numbers.TryGetValue("axis", out var axis) && axis is [1];

    /// <summary>Where nodes of the region read what others make.</summary>
    private static List<OnnxInput> Entering(OnnxGraph graph, Dictionary<OnnxNode, IReadOnlyList<int>> region)
    {
        var entering = new List<OnnxInput>();
        foreach (var (node, inputs) in region)
        {
            foreach (var index in inputs)
            {
                if (graph.Producer(node.Inputs[index].Name) is not { } producer || !region.ContainsKey(producer))
                {
                    entering.Add(node.Inputs[index]);
                }
            }
        }

        return entering;
    }

    private static Dictionary<string, string> NewNames(OnnxGraph graph, List<OnnxInput> entering)
    {
        var names = new Dictionary<string, string>();
        foreach (var input in entering)
        {
            if (!names.ContainsKey(input.Name))
            {
                names[input.Name] = OfSameLength(input.Name, name => !graph.Knows(name) && !names.ContainsValue(name));
            }
        }

        return names;
    }

    /// <summary>A graph to be merged into that of the file: it makes the values of the new names.</summary>
    private static byte[] ChoiceOfPositions(Dictionary<string, string> names)
    {
        const int int64 = 7;
        return Field(7, [
            .. names.SelectMany(name => Field(1, [
                .. Text(1, name.Key), .. Text(1, Input), .. Text(2, name.Value), .. Text(3, $"{Input}/{name.Value}"), .. Text(4, "Gather"),
                .. Field(5, [.. Text(1, "axis"), .. Number(3, 1), .. Number(20, 2)])])),
            .. Field(11, [.. Text(1, Input), .. Field(2, Field(1, [.. Number(1, int64), .. Field(2, Field(1, Text(2, Input)))]))])]);
    }

    private static string OfSameLength(string name, Func<string, bool> isFree)
    {
        for (var last = '!'; last <= '~'; last++)
        {
            if (isFree(name[..^1] + last) && Encoding.UTF8.GetByteCount(name) == Encoding.UTF8.GetByteCount(name[..^1]) + 1)
            {
                return name[..^1] + last;
            }
        }

        throw new InvalidDataException($"There is no name beside '{name}' that is free.");
    }
}
