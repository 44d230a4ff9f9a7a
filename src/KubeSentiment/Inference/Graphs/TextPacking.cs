using System.Text;
using static KubeSentiment.Inference.Graphs.ProtobufFields;

namespace KubeSentiment.Inference.Graphs;

/// <summary>Has a graph compute the tokens of a batch only: not the padding between its texts, and of the last layer not what its answer does not read.</summary>
/// <remarks>
/// <para>All but the attention of a model of the BERT family works on each token for itself (<see cref="RowWiseOperators"/>). There the tokens of all texts stand one after the other, [1, tokens, features]; in
/// front of the attention they are put back to [texts, positions, features] and behind it packed again. So texts of unlike lengths share a run at next to no price.</para>
/// <para>Classifiers read the last layer's first position only, yet exported graphs compute that layer for all of them. Its part behind the attention gets the first tokens alone: some 11 % of a run of the built-in
/// model.</para>
/// <para>Both to the same bits. Where tokens stand comes with each batch, as inputs of their own; <see cref="PackableNodes"/> says where they are used.</para>
/// <para>A protobuf message whose field comes twice is read as both merged. So the file stays as it is but for names of the same length, and what is added stands behind it: weights are not copied.</para>
/// </remarks>
internal static class TextPacking
{
    /// <summary>Added input, int64 [1, tokens, 2]: row and column of each token in the padded batch.</summary>
    public const string Pack = "pack_tokens";

    /// <summary>Added input, int64 [texts, positions, 2]: 0 and which token stands at each place of the padded batch.</summary>
    public const string Unpack = "unpack_tokens";

    /// <summary>Added input, int64 [1, read, 2]: row and column of the tokens that the answer reads.</summary>
    public const string PackRead = "pack_read_tokens";

    /// <summary>Added input, int64 [1, read, 2]: 0 and which of all tokens the answer reads.</summary>
    public const string ChooseRead = "choose_read_tokens";

    /// <summary>Added input, int64 [texts, positions, 2]: 0 and which of the tokens read stands at each place.</summary>
    public const string UnpackRead = "unpack_read_tokens";

    /// <summary>A second copy is in memory while a graph is opened; larger ones are opened as they are.</summary>
    private const int LargestFile = 512 << 20;

    /// <summary>Reads a graph's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="answer">The output that must stay the same.</param>
    /// <returns>The file with some of the inputs above; null when there is nothing to spare or the file is not understood.</returns>
    public static MemoryFile? TryApply(string path, string answer)
    {
        try
        {
            using var file = MappedFile.TryOpen(path, LargestFile);
            return file is null ? null : Apply(file.Bytes, answer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // ONNX Runtime says what is wrong with it.
            return null;
        }
    }

    private static MemoryFile? Apply(ReadOnlySpan<byte> file, string answer)
    {
        var graph = new OnnxGraph(file);
        var moves = graph.HasPartsElsewhere ? [] : PackableNodes.MovesIn(graph, answer);
        if (moves.Count == 0 || MemoryFile.TryCreate(Pack) is not { } packed)
        {
            return null;
        }

        var names = NewNames(graph, moves);
        packed.Write(file, 0);
        moves.ForEach(move => packed.Write(Encoding.UTF8.GetBytes(names[(move.Input.Name, move.Places)]), move.Input.Place));
        packed.Write(Added(names), file.Length);
        return packed;
    }

    private static Dictionary<(string Value, string Places), string> NewNames(OnnxGraph graph, List<TokenMove> moves)
    {
        var names = new Dictionary<(string, string), string>();
        var taken = new HashSet<string>();
        foreach (var (input, places) in moves)
        {
            if (!names.ContainsKey((input.Name, places)))
            {
                names.Add((input.Name, places), OfSameLength(input.Name, name => !graph.Knows(name) && taken.Add(name)));
            }
        }

        return names;
    }

    /// <summary>A graph to be merged into that of the file: it makes the values of the new names.</summary>
    private static byte[] Added(Dictionary<(string Value, string Places), string> names) => Field(7, [
        .. names.SelectMany(name => Field(1, [
            .. Text(1, name.Key.Value), .. Text(1, name.Key.Places), .. Text(2, name.Value), .. Text(3, $"{name.Key.Places}/{name.Value}"), .. Text(4, "GatherND")])),
        .. names.Keys.Select(key => key.Places).Distinct().SelectMany(AddedInput)]);

    private static byte[] AddedInput(string name)
    {
        const int int64 = 7;
        return Field(11, [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, int64), .. Field(2, [.. Free($"{name}_0"), .. Free($"{name}_1"), .. Field(1, Number(1, 2))])]))]);

        static byte[] Free(string dimension) => Field(1, Text(2, dimension));
    }

    private static string OfSameLength(string name, Func<string, bool> take)
    {
        for (var last = '!'; last <= '~'; last++)
        {
            var other = name[..^1] + last;
            if (Encoding.UTF8.GetByteCount(other) == Encoding.UTF8.GetByteCount(name) && take(other))
            {
                return other;
            }
        }

        throw new InvalidDataException($"There is no name beside '{name}' that is free.");
    }
}
