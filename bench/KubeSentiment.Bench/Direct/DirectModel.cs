using System.Buffers;
using System.Text.Json;
using KubeSentiment.Inference;
using KubeSentiment.Inference.Graphs;
using KubeSentiment.Inference.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace KubeSentiment.Bench.Direct;

/// <summary>The model called with nothing around it: one session, one thread a call, spinning off, as the service sets it too.</summary>
internal sealed class DirectModel : IDisposable
{
    // A call uses the thread's own.
    private readonly ThreadLocal<TokenPlaces> _places = new(() => new TokenPlaces());
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputs;
    private readonly bool _sparesTokens;
    private readonly ITokenizer _tokenizer;

    /// <summary>Opens a folder's graph.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="graph">Which of its graphs.</param>
    /// <param name="sparesTokens">Whether to leave out what the service leaves out; else the file is run as it is.</param>
    /// <exception cref="InvalidDataException">The graph has nothing to leave out.</exception>
    public DirectModel(DirectoryInfo folder, string graph = "model.onnx", bool sparesTokens = false)
    {
        RuntimeTelemetry.TurnOff();
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        var path = Path.Combine(folder.FullName, graph);
        using var pruned = sparesTokens ? TextPacking.TryApply(path, "logits") ?? throw new InvalidDataException($"'{path}' has nothing to spare.") : null;
        _session = new InferenceSession(pruned?.Path ?? path, options);
        _sparesTokens = sparesTokens;
        _inputs = [.. _session.InputMetadata.Keys];

        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, "config.json")));
        var (type, limit) = (config.RootElement.GetProperty("model_type"), config.RootElement.GetProperty("max_position_embeddings"));
        _tokenizer = TokenizerLoader.Load(folder.FullName, type.GetString()!, limit.GetInt32());
    }

    /// <summary>With the service's own tokenizer: what is compared is the serving path around it.</summary>
    public int[] Encode(string text) => _tokenizer.Tokenize(text).Ids;

    /// <summary>Runs these texts as one batch, padded to the longest.</summary>
    /// <returns>The scores, labels in the model's order, one text after the other.</returns>
    public float[] Run(ReadOnlySpan<int[]> batch) => Softmax(Logits(batch), batch.Length);

    /// <summary>The same before the softmax.</summary>
    public float[] Logits(ReadOnlySpan<int[]> batch)
    {
        var tokens = 0;
        foreach (var ids in batch)
        {
            tokens = Math.Max(tokens, ids.Length);
        }

        // 1. One block holds all inputs: ids, mask, and types (all zero) if the graph wants them.
        var cells = batch.Length * tokens;
        var block = ArrayPool<long>.Shared.Rent(cells * 3);
        var ids64 = block.AsSpan(0, cells);
        var mask = block.AsSpan(cells, cells);
        ids64.Fill(_tokenizer.PadId);
        block.AsSpan(cells, cells * 2).Clear();
        for (var row = 0; row < batch.Length; row++)
        {
            var ids = batch[row];
            for (var i = 0; i < ids.Length; i++)
            {
                ids64[(row * tokens) + i] = ids[i];
            }

            mask.Slice(row * tokens, ids.Length).Fill(1);
        }

        // 2. The run, without copies of the inputs.
        long[] shape = [batch.Length, tokens];
        var places = _places.Value!;
        if (_sparesTokens)
        {
            places.Fill(Array.ConvertAll(batch.ToArray(), ids => ids.Length), tokens);
        }

        var values = Array.ConvertAll(_inputs, name =>
        {
            var (input, size) = Place(name) is { } place ? (block.AsMemory(place * cells, cells), shape) : places.Input(name, readsAll: false);
            return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, size);
        });
        try
        {
            using var outputs = _session.Run(_runOptions, _inputs, values, ["logits"]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
            ArrayPool<long>.Shared.Return(block);
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private int? Place(string input) => input switch
    {
        "input_ids" => 0,
        "attention_mask" => 1,
        "token_type_ids" => 2,
        _ when _sparesTokens => null,
        _ => throw new InvalidDataException($"The model wants an input '{input}' that is not known here."),
    };

    private static float[] Softmax(ReadOnlySpan<float> logits, int rows)
    {
        var scores = new float[logits.Length];
        var labels = logits.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            System.Numerics.Tensors.TensorPrimitives.SoftMax(logits.Slice(row * labels, labels), scores.AsSpan(row * labels, labels));
        }

        return scores;
    }
}
