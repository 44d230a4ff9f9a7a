namespace KubeSentiment.Inference.Graphs;

/// <summary>The files beside a graph in which it keeps weights. A graph of more than 2 GB has to; they may have any name, which stands in the graph.</summary>
/// <remarks>
/// Wherever a tensor may stand is looked at: weights, constants, graphs within nodes, functions. Source of the field numbers: onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; there, too, that a name is
/// relative to the graph's folder and does not lead out of it.
/// </remarks>
internal static class WeightFiles
{
    /// <summary>Protobuf's own limit.</summary>
    private const int DeepestMessage = 100;

    private enum Message
    {
        Other,
        Model,
        Graph,
        Function,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
    }

    /// <summary>Finds the files of a graph.</summary>
    /// <param name="onnxPath">The graph.</param>
    /// <returns>Their paths, each once, in the order in which the graph names them; none where it is no graph at all, which ONNX Runtime says better.</returns>
    /// <exception cref="ModelFolderException">One is missing, or not in the graph's folder.</exception>
    public static IReadOnlyList<string> Of(string onnxPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(onnxPath))!;
        return [.. NamesIn(onnxPath).Distinct().Select(name => PathOf(name, folder, onnxPath))];
    }

    private static List<string> NamesIn(string onnxPath)
    {
        try
        {
            using var file = MappedFile.TryOpen(onnxPath, int.MaxValue);
            var names = new List<string>();
            if (file is not null)
            {
                Read(file.Bytes, .., Message.Model, names, depth: 0);
            }

            return names;
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private static string PathOf(string name, string folder, string onnxPath)
    {
        var path = Path.GetFullPath(name, folder);
        if (Path.IsPathRooted(name) || !path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw ModelFolderException.For($"'{onnxPath}'", $"keeps weights in '{name}', which is not in its folder", "export the model again, with its weights beside the graph");
        }

        return File.Exists(path) ? path : throw ModelFolderException.For($"'{onnxPath}'", $"keeps weights in '{name}', which is missing", "copy it from where the graph was exported");
    }

    private static void Read(ReadOnlySpan<byte> file, Range content, Message kind, List<string> names, int depth)
    {
        if (depth > DeepestMessage)
        {
            throw new InvalidDataException("The messages lie too deep in one another.");
        }

        var message = new ProtobufMessage(file, content);
        while (message.Read())
        {
            var part = PartOf(kind, message.Field);
            if (part == Message.Tensor)
            {
                ReadTensor(file, message.Content, names);
            }
            else if (part != Message.Other)
            {
                Read(file, message.Content, part, names, depth + 1);
            }
        }
    }

    private static Message PartOf(Message kind, int field) => (kind, field) switch
    {
        (Message.Model, 7) or (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.SparseTensor, 1 or 2) => Message.Tensor,
        _ => Message.Other,
    };

    private static void ReadTensor(ReadOnlySpan<byte> file, Range content, List<string> names)
    {
        var (isElsewhere, location) = (false, string.Empty);
        var tensor = new ProtobufMessage(file, content);
        while (tensor.Read())
        {
            if (tensor.Field == 13 && ReadEntry(file, tensor.Content) is ("location", var value))
            {
                location = value;
            }
            else if (tensor.Field == 14)
            {
                isElsewhere = tensor.Number == 1;
            }
        }

        if (isElsewhere)
        {
            names.Add(location);
        }
    }

    private static (string Key, string Value) ReadEntry(ReadOnlySpan<byte> file, Range content)
    {
        var (key, value) = (string.Empty, string.Empty);
        var entry = new ProtobufMessage(file, content);
        while (entry.Read())
        {
            (key, value) = entry.Field switch
            {
                1 => (entry.Text(), value),
                2 => (key, entry.Text()),
                _ => (key, value),
            };
        }

        return (key, value);
    }
}
