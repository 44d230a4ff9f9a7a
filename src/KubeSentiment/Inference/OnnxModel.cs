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
/// <para>Padding, and tokens that the logits do not read, are left out where the graph allows: see <see cref="TextPacking"/>.</para>
/// </remarks>
internal sealed class OnnxModel : IDisposable
{
    private const string LogitsName = GraphSignature.Logits;
    private const string EmbeddingName = "sentence_embedding";

    /// <summary>By how much logits may differ when a text has batch mates: fp32 products of one row are added up in another order than those of many.</summary>
    private const float PackingTolerance = 1e-4f;

    private static readonly string[] LogitsOnly = [LogitsName];
    private static readonly string[] LogitsAndEmbedding = [LogitsName, EmbeddingName];

    // Ids that every vocabulary has.
    private static readonly int[] LongerTrial = [0, 1, 2, 3, 4, 5, 6, 7];
    private static readonly int[] ShorterTrial = [7, 2, 0];

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputNames;

    private OnnxModel(string path, InferenceSession session, string[] inputNames, int labels)
    {
        Path = path;
        _session = session;
        _inputNames = inputNames;
        PacksTexts = inputNames.Contains(TextPacking.Pack);
        SparesPositions = inputNames.Contains(TextPacking.PackRead);
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

    /// <summary>Whether a run is as long as the tokens of its texts are many, whatever their lengths: padding costs next to nothing.</summary>
    public bool PacksTexts { get; }

    /// <summary>Whether runs for logits leave out the tokens that these do not read.</summary>
    public bool SparesPositions { get; }

    /// <summary>Opens a session on a graph of the folder.</summary>
    /// <exception cref="ModelFolderException">The graph cannot be read, or does not fit its folder.</exception>
    public static async Task<OnnxModel> LoadAsync(string path, ModelFolder folder, int intraOpThreads)
    {
        RuntimeTelemetry.TurnOff();
        var dependsOnBatchMates = Task.Run(() => DynamicQuantization.IsIn(path));
        var model = Open(path, folder, intraOpThreads);
        model.DependsOnBatchMates = await dependsOnBatchMates;
        return model;
    }

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">Token ids and mask, [rows, columns].</param>
    /// <param name="withEmbedding">Whether to fetch the sentence vectors, too.</param>
    /// <returns>Logits [rows x labels] and, if asked for, vectors [rows x size], row after row.</returns>
    /// <exception cref="ModelFolderException">The graph gives other logits than its folder has labels, and had not said so.</exception>
    public (float[] Logits, float[]? Embeddings) Run(TokenBatch batch, bool withEmbedding)
    {
        var inputs = new OrtValue[_inputNames.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var (values, shape) = Input(batch, _inputNames[i], withEmbedding);
                inputs[i] = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);
            }

            using var outputs = _session.Run(_runOptions, _inputNames, inputs, withEmbedding ? LogitsAndEmbedding : LogitsOnly);
            var logits = outputs[0].GetTensorDataAsSpan<float>();
            if (logits.Length != batch.Rows * Labels)
            {
                throw NotOfOneModel(Path, logits.Length / batch.Rows, Labels);
            }

            return (logits.ToArray(), withEmbedding ? outputs[1].GetTensorDataAsSpan<float>().ToArray() : null);
        }
        finally
        {
            foreach (var input in inputs)
            {
                input?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private static OnnxModel Open(string path, ModelFolder folder, int intraOpThreads)
    {
        using (var packed = TextPacking.TryApply(path, LogitsName))
        {
            if (packed is not null && TryOpenPacked(packed.Path, path, folder, intraOpThreads) is { } model)
            {
                return model;
            }
        }

        OnnxModel? whole = null;
        try
        {
            whole = Open(path, path, folder, intraOpThreads);
            whole.Try();
            return whole;
        }
        catch (OnnxRuntimeException e)
        {
            throw IsNoGraph(path, e);
        }
        catch (ModelFolderException)
        {
            whole?.Dispose();
            throw;
        }
    }

    /// <summary>Null when it cannot be run, or answers otherwise than with all tokens: then the graph is to be run as it is.</summary>
    private static OnnxModel? TryOpenPacked(string source, string path, ModelFolder folder, int intraOpThreads)
    {
        OnnxModel? model = null;
        var isTheSame = false;
        try
        {
            model = Open(source, path, folder, intraOpThreads);
            isTheSame = model.AnswersTheSameOfAll();
            return isTheSame ? model : null;
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
        finally
        {
            if (!isTheSame)
            {
                model?.Dispose();
            }
        }
    }

    private static OnnxModel Open(string source, string path, ModelFolder folder, int intraOpThreads)
    {
        using var options = Options(intraOpThreads);
        var session = new InferenceSession(source, options);
        try
        {
            GraphSignature.Check(session, path);
            return new OnnxModel(path, session, [.. session.InputMetadata.Keys], LabelCount(session, path, folder));
        }
        catch (ModelFolderException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs a text: what a graph says of itself need not be so.</summary>
    /// <exception cref="ModelFolderException">It fails, or answers otherwise than it says.</exception>
    private void Try()
    {
        try
        {
            _ = Run(TokenBatch.Of(padId: 0, LongerTrial), withEmbedding: EmbeddingSize is not null);
        }
        catch (OnnxRuntimeException e)
        {
            throw DoesNotRun(Path, e);
        }
    }

    /// <summary>Tries two texts, one of them padded, together and each alone: alone nothing is left out but what the logits do not read; and those with vectors, where nothing is.</summary>
    private bool AnswersTheSameOfAll()
    {
        var together = TokenBatch.Of(padId: 0, LongerTrial, ShorterTrial);
        var alone = new[] { LongerTrial, ShorterTrial }.SelectMany(text => Run(TokenBatch.Of(padId: 0, text), withEmbedding: false).Logits);
        var expected = Run(together, withEmbedding: false).Logits;
        return IsAlike(alone) && (EmbeddingSize is null || IsAlike(Run(together, withEmbedding: true).Logits));

        bool IsAlike(IEnumerable<float> logits) => expected.Zip(logits).All(pair => Math.Abs(pair.First - pair.Second) <= PackingTolerance);
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

    private static int LabelCount(InferenceSession session, string path, ModelFolder folder)
    {
        // None, or -1, stands for a free dimension: then the first run tells, before the service is ready.
        var labels = session.OutputMetadata[LogitsName].Dimensions.LastOrDefault(-1);
        return labels == folder.Labels.Count || labels < 0
            ? folder.Labels.Count
            : throw NotOfOneModel(path, labels, folder.Labels.Count);
    }

    private static ModelFolderException NotOfOneModel(string path, int logits, int labels) =>
        new($"'{path}' answers {logits} logits but id2label in config.json names {labels} labels: they are not of one model.");

    /// <summary>What to say of a file that ONNX Runtime does not open.</summary>
    private static ModelFolderException IsNoGraph(string path, OnnxRuntimeException cause) => new(
        $"'{path}' is damaged or not a graph: {Reason(cause)}. Copy it again, with git lfs pull where it comes from a Git repository, or export it again.", cause);

    /// <summary>What to say of a graph that opens and fails on what all texts are given as.</summary>
    internal static ModelFolderException DoesNotRun(string path, OnnxRuntimeException cause) => new(
        $"'{path}' is not a graph that can be run: {Reason(cause)}. It must take texts of any length: {GraphSignature.Remedy}.", cause);

    private static string Reason(OnnxRuntimeException cause) => cause.Message.Split('\n', 2)[0].Trim().TrimEnd('.');

    private static (Memory<long> Values, long[] Shape) Input(TokenBatch batch, string name, bool readsAll)
    {
        long[] padded = [batch.Rows, batch.Columns];
        return name switch
        {
            "input_ids" => (batch.Ids, padded),
            "attention_mask" => (batch.Mask, padded),
            "token_type_ids" => (batch.TypeIds, padded),
            _ => batch.Places.Input(name, readsAll),
        };
    }
}
