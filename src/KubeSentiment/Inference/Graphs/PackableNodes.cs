namespace KubeSentiment.Inference.Graphs;

/// <summary>One reading of a value whose tokens stand otherwise than its reader wants them.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Places">The input of <see cref="TextPacking"/> that says where they are to stand.</param>
internal sealed record TokenMove(OnnxInput Input, string Places);

/// <summary>The nodes of a graph that can work on packed tokens: those that work on each token for itself.</summary>
/// <remarks>
/// <list type="number">
/// <item>From the choice of the first position back: what leads there by row-wise operators. That is the path of the residuals, with all that is added to it.</item>
/// <item>From these on: what row-wise operators make of nothing else. These are the queries, keys and values of the attention.</item>
/// <item>Those among the first whose readers on the way to the answer all read the first position alone: they need the tokens read, and no others.</item>
/// </list>
/// <para>A value is taken for one of [texts, positions, features] if it comes from the token ids otherwise than by their shape: a table of positions has one row for all texts. What that cannot tell, the trial at the
/// opening of the graph does.</para>
/// </remarks>
internal sealed class PackableNodes
{
    /// <summary>Parts of the names of operators that are most of a run's work, when one of their inputs is a weight.</summary>
    private static readonly string[] WithWeights = ["MatMul", "Gemm", "Conv", "Attention", "LSTM", "GRU"];

    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, List<OnnxNode>> _readers;
    private readonly HashSet<string> _fromIds;
    private readonly Dictionary<OnnxNode, IReadOnlyList<int>> _packed = [];
    private readonly HashSet<OnnxNode> _read = [];

    private PackableNodes(OnnxGraph graph, string answer)
    {
        _graph = graph;
        _readers = Readers(graph, answer);
        _fromIds = FromIds(graph);
        PackBackFromTheChoice();
        ChooseRead(answer);
        PackWhatFollows();
        if (!IsWhole())
        {
            // Padding stays, as it is mixed up with what is packed; but the last layer's positions can still be left out.
            foreach (var node in _packed.Keys.Where(node => !_read.Contains(node)).ToList())
            {
                _packed.Remove(node);
            }
        }
    }

    /// <summary>Where tokens have to be moved.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="answer">Its output that must stay the same.</param>
    /// <returns>Empty when it is not worth the while.</returns>
    public static List<TokenMove> MovesIn(OnnxGraph graph, string answer)
    {
        var nodes = new PackableNodes(graph, answer);
        return nodes._packed.Keys.Any(node => node.OperatorType == "MatMul") ? nodes.Moves() : [];
    }

    /// <summary>Who reads a value on the way to the answer; other outputs get all positions when they are asked for.</summary>
    private static Dictionary<string, List<OnnxNode>> Readers(OnnxGraph graph, string answer)
    {
        var readers = new Dictionary<string, List<OnnxNode>>();
        foreach (var node in NodesBefore(graph, [answer]))
        {
            foreach (var input in node.Inputs)
            {
                if (!readers.TryGetValue(input.Name, out var all))
                {
                    readers[input.Name] = all = [];
                }

                all.Add(node);
            }
        }

        return readers;
    }

    /// <summary>All that values are made of.</summary>
    private static HashSet<OnnxNode> NodesBefore(OnnxGraph graph, IEnumerable<string> values)
    {
        var nodes = new HashSet<OnnxNode>();
        var open = new Stack<string>(values);
        while (open.TryPop(out var value))
        {
            if (graph.Producer(value) is { } node && nodes.Add(node))
            {
                foreach (var input in node.Inputs)
                {
                    open.Push(input.Name);
                }
            }
        }

        return nodes;
    }

    private static HashSet<string> FromIds(OnnxGraph graph)
    {
        var values = new HashSet<string> { "input_ids" };
        // Nodes stand behind what they read.
        foreach (var node in graph.Nodes)
        {
            if (node.OperatorType is not ("Shape" or "Size") && node.Inputs.Any(input => values.Contains(input.Name)))
            {
                values.UnionWith(node.Outputs);
            }
        }

        return values;
    }

    private void PackBackFromTheChoice()
    {
        var open = new Stack<string>(_readers.Where(value => value.Value.Exists(node => ChoosesTheFirst(node, value.Key))).Select(value => value.Key));
        while (open.TryPop(out var value))
        {
            if (_graph.Producer(value) is { } node && TryPack(node, _fromIds.Contains))
            {
                foreach (var index in _packed[node])
                {
                    open.Push(node.Inputs[index].Name);
                }
            }
        }
    }

    private void ChooseRead(string answer)
    {
        for (var i = _graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = _graph.Nodes[i];
            if (_packed.ContainsKey(node) && node.Outputs[0] != answer && _readers[node.Outputs[0]].TrueForAll(reader => _read.Contains(reader) || ChoosesTheFirst(reader, node.Outputs[0])))
            {
                _read.Add(node);
            }
        }
    }

    private void PackWhatFollows()
    {
        foreach (var node in _graph.Nodes)
        {
            TryPack(node, value => _graph.Producer(value) is { } producer && _packed.ContainsKey(producer) && !_read.Contains(producer));
        }
    }

    /// <summary>Takes in a node that is row-wise, if all that it reads token by token fits.</summary>
    private bool TryPack(OnnxNode node, Func<string, bool> fits) =>
        node.Outputs.Count == 1 && RowWiseOperators.InputsWithPositions(node, _graph) is { Count: > 0 } inputs
        && inputs.All(index => fits(node.Inputs[index].Name)) && _packed.TryAdd(node, inputs);

    /// <summary>Whether all products with weights on the way to the choice are packed: only then is a run as long as its tokens are many.</summary>
    private bool IsWhole() => _read.Count > 0
        && NodesBefore(_graph, _read.SelectMany(node => node.Inputs).Select(input => input.Name)).All(node => _packed.ContainsKey(node) || !IsHeavy(node));

    private bool IsHeavy(OnnxNode node) => Array.Exists(WithWeights, node.OperatorType.Contains) && node.Inputs.Any(input => _graph.Constant(input.Name) is { Dimensions.Count: > 1 });

    private List<TokenMove> Moves()
    {
        var moves = new List<TokenMove>();
        foreach (var node in _graph.Nodes)
        {
            for (var index = 0; index < node.Inputs.Count; index++)
            {
                if (Places(node, index) is { } places)
                {
                    moves.Add(new(node.Inputs[index], places));
                }
            }
        }

        return moves;
    }

    private string? Places(OnnxNode node, int index)
    {
        var producer = _graph.Producer(node.Inputs[index].Name);
        var isPacked = producer is not null && _packed.ContainsKey(producer);
        var isRead = producer is not null && _read.Contains(producer);
        if (!_packed.TryGetValue(node, out var inputs))
        {
            return isRead ? TextPacking.UnpackRead : isPacked ? TextPacking.Unpack : null;
        }

        return (inputs.Contains(index), _read.Contains(node)) switch
        {
            (false, _) => null,
            (true, true) when isRead => null,
            (true, true) => isPacked ? TextPacking.ChooseRead : TextPacking.PackRead,
            (true, false) => isPacked ? null : TextPacking.Pack,
        };
    }

    private bool ChoosesTheFirst(OnnxNode node, string value) =>
        node is { OperatorType: "Gather", Inputs: [var data, var indices] } && data.Name == value && _graph.Constant(indices.Name)?.Integer == 0
        && node.Numbers.TryGetValue("axis", out var axis) && axis is [1];
}
