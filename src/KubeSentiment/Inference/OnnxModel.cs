using KubeSentiment.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace KubeSentiment.Inference;

/// <summary>The graph of a model in an ONNX Runtime session that all workers share.</summary>
/// <remarks>
/// <para>Each run uses the threads of its caller only (one intra-op thread, spinning off): the workers are the parallelism, and a worker that waits costs
/// nothing.</para>
/// <para>The CPU arena is on: without it, activations of more than a few hundred tokens go through mmap and page faults at each run and cost up to four
/// times as much (measured with ONNX Runtime 1.31). It cannot grow without end, because the token budget bounds every shape.</para>
/// <para>Where a graph's logits read the first position alone, the others are left out as far as they can be: see <see cref="PositionPruning"/>.</para>
/// </remarks>
internal sealed class OnnxModel : IDisposable
{
    private const string LogitsName = "logits";
    private const string EmbeddingName = "sentence_embedding";

    /// <summary>By how much logits may differ when fewer positions are computed: fp32 products of one row are added up in another order than those of many.</summary>
    private const float PruningTolerance = 1e-4f;

    private static readonly string[] LogitsOnly = [LogitsName];
    private static readonly string[] LogitsAndEmbedding = [LogitsName, EmbeddingName];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;
    private readonly long[] _positions;

    private OnnxModel(string path, InferenceSession session, string[] inputNames, int maxTokens, int labels)
    {
        Path = path;
        _session = session;
        _inputNames = inputNames;
        _positions = [.. Enumerable.Range(0, maxTokens).Select(position => (long)position)];
        Labels = labels;
        EmbeddingSize = session.OutputMetadata.TryGetValue(EmbeddingName, out var embedding) ? embedding.Dimensions[^1] : null;
    }

    /// <summary>The graph's file.</summary>
    public string Path { get; }

    /// <summary>How many logits a text gets.</summary>
    public int Labels { get; }

    /// <summary>Length of the pooled sentence vector; null where the graph has none.</summary>
    public int? EmbeddingSize { get; }

    /// <summary>True for graphs quantized dynamically: see <see cref="DynamicQuantization"/>.</summary>
    public bool DependsOnBatchMates { get; private set; }

    /// <summary>Whether runs for logits leave out the positions that these do not read: see <see cref="PositionPruning"/>.</summary>
    public bool SparesPositions => _inputNames.Contains(PositionPruning.Input);

    /// <summary>Opens a session on a graph of the folder.</summary>
    /// <exception cref="ModelFolderException">The graph cannot be read, or does not fit its folder.</exception>
    public static async Task<OnnxModel> LoadAsync(string path, ModelFolder folder, int intraOpThreads)
    {
        var dependsOnBatchMates = Task.Run(() => DynamicQuantization.IsIn(path));
        var model = Open(path, folder, intraOpThreads);
        model.DependsOnBatchMates = await dependsOnBatchMates;
        return model;
    }

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">Token ids and mask, [rows, columns].</param>
    /// <param name="withEmbedding">Whether to fetch the sentence vectors, too.</param>
    /// <returns>Logits [rows x labels] and, if asked for, vectors [rows x size], row after row.</returns>
    public (float[] Logits, float[]? Embeddings) Run(TokenBatch batch, bool withEmbedding) =>
        Run(batch, withEmbedding, positions: withEmbedding ? batch.Columns : 1);

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private static OnnxModel Open(string path, ModelFolder folder, int intraOpThreads)
    {
        using (var pruned = PositionPruning.TryApply(path, LogitsName))
        {
            if (pruned is not null && TryOpenPruned(pruned.Path, path, folder, intraOpThreads) is { } model)
            {
                return model;
            }
        }

        try
        {
            return Open(path, path, folder, intraOpThreads);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFolderException($"'{path}' is damaged or not a graph that ONNX Runtime can run: {FirstLine(e.Message)}", e);
        }
    }

    /// <summary>Null when it cannot be run, or answers otherwise than with all positions: then the graph is to be run as it is.</summary>
    private static OnnxModel? TryOpenPruned(string source, string path, ModelFolder folder, int intraOpThreads)
    {
        OnnxModel? model = null;
        try
        {
            model = Open(source, path, folder, intraOpThreads);
            if (model.AnswersTheSameFromTheFirstPosition())
            {
                return model;
            }
        }
        catch (OnnxRuntimeException)
        {
        }

        model?.Dispose();
        return null;
    }

    private static OnnxModel Open(string source, string path, ModelFolder folder, int intraOpThreads)
    {
        var session = new InferenceSession(source, Options(intraOpThreads));
        try
        {
            return new OnnxModel(path, session, InputNames(session, path), folder.MaxTokens, LabelCount(session, path, folder));
        }
        catch (ModelFolderException)
        {
            session.Dispose();
            throw;
        }
    }

    private (float[] Logits, float[]? Embeddings) Run(TokenBatch batch, bool withEmbedding, int positions)
    {
        long[] shape = [batch.Rows, batch.Columns];
        var inputs = new OrtValue[_inputNames.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i] = _inputNames[i] == PositionPruning.Input
                    ? OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _positions.AsMemory(0, positions), [positions])
                    : OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Input(batch, _inputNames[i]), shape);
            }

            using var outputs = _session.Run(_runOptions, _inputNames, inputs, withEmbedding ? LogitsAndEmbedding : LogitsOnly);
            return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), withEmbedding ? outputs[1].GetTensorDataAsSpan<float>().ToArray() : null);
        }
        finally
        {
            foreach (var input in inputs)
            {
                input?.Dispose();
            }
        }
    }

    /// <summary>Tries two texts, one of them padded, both ways.</summary>
    private bool AnswersTheSameFromTheFirstPosition()
    {
        var batch = TokenBatch.Of(padId: 0, [0, 1, 2, 3, 4, 5, 6, 7], [7, 2, 0]);
        var all = Run(batch, withEmbedding: false, batch.Columns).Logits;
        var first = Run(batch, withEmbedding: false, positions: 1).Logits;
        return all.Zip(first).All(pair => Math.Abs(pair.First - pair.Second) <= PruningTolerance);
    }

    private static SessionOptions Options(int intraOpThreads)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = intraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            // Plans memory by shape and keeps a plan for each shape seen: with free lengths that only grows.
            EnableMemoryPattern = false,
            EnableCpuMemArena = true,
            // Failures come as exceptions and are logged by us.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }

    private static string[] InputNames(InferenceSession session, string path)
    {
        var names = session.InputMetadata.Keys.ToArray();
        var unknown = names.Where(name => name is not ("input_ids" or "attention_mask" or "token_type_ids" or PositionPruning.Input)).ToList();
        return unknown.Count == 0 && names.Contains("input_ids")
            ? names
            : throw new ModelFolderException(
                $"'{path}' wants the inputs {string.Join(", ", names)}; supported are input_ids, attention_mask and token_type_ids.");
    }

    private static int LabelCount(InferenceSession session, string path, ModelFolder folder)
    {
        if (!session.OutputMetadata.TryGetValue(LogitsName, out var logits))
        {
            throw new ModelFolderException(
                $"'{path}' has no output 'logits' but {string.Join(", ", session.OutputMetadata.Keys)}. Export it for text classification.");
        }

        // -1 stands for a free dimension: then the first run tells, at warm-up.
        var labels = logits.Dimensions[^1];
        return labels == folder.Labels.Count || labels < 0
            ? folder.Labels.Count
            : throw new ModelFolderException(
                $"'{path}' answers {labels} logits but id2label in config.json names {folder.Labels.Count} labels: they are not of one model.");
    }

    private static Memory<long> Input(TokenBatch batch, string name) => name switch
    {
        "input_ids" => batch.Ids,
        "attention_mask" => batch.Mask,
        _ => batch.TypeIds,
    };

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
