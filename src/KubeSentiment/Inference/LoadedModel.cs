using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>A model folder with everything in it opened: what must be right before the service listens.</summary>
/// <param name="Folder">What the folder says.</param>
/// <param name="Tokenizer">Its tokenizer, for both graphs.</param>
/// <param name="Full">Its graph, in a session.</param>
/// <param name="Fast">Its fast graph; null where the full one answers alone.</param>
/// <param name="Rule">When the fast graph's answer is enough; null where there is none.</param>
/// <param name="Fingerprint">Hash of all that decides an answer; see <see cref="ModelFingerprint"/>.</param>
internal sealed record LoadedModel(ModelFolder Folder, ITokenizer Tokenizer, OnnxModel Full, OnnxModel? Fast, CascadeRule? Rule, string Fingerprint) : IDisposable
{
    /// <summary>Paths of the graphs that were quantized dynamically: their scales, and so their answers, depend on what else is in the batch.</summary>
    public IEnumerable<string> DependingOnBatchMates => new[] { Full, Fast }.OfType<OnnxModel>().Where(graph => graph.DependsOnBatchMates).Select(graph => graph.Path);

    /// <summary>Opens the parts side by side: together they are most of a start.</summary>
    /// <exception cref="ModelFolderException">The model cannot be served; the message says why.</exception>
    public static async Task<LoadedModel> LoadAsync(InferenceOptions options, CascadeOptions cascade)
    {
        var folder = ModelFolder.Open(options.OnnxModelPath, options.ModelName);
        var rule = CascadeRule.Of(cascade, folder);
        // The longest first.
        var full = ProcessExit.HoldUntil(Task.Run(() => OnnxModel.LoadAsync(folder.OnnxPath, folder, options.OnnxIntraOpNumThreads)));
        var tokenizer = Task.Run(() => TokenizerLoader.Load(folder.Path, folder.ModelType, folder.MaxTokens));
        var fast = rule is null ? Task.FromResult<OnnxModel?>(null) : ProcessExit.HoldUntil(Task.Run(() => FastGraph.LoadAsync(folder, tokenizer)));
        var fingerprint = Task.Run(() => ModelFingerprint.Compute(folder, rule));
        // The version before the graphs: of weights that are not there it says more than ONNX Runtime does.
        var (pieces, version) = (await tokenizer, await fingerprint);
        return new LoadedModel(folder, pieces, await full, await fast, rule, version);
    }

    public void Dispose()
    {
        Fast?.Dispose();
        Full.Dispose();
    }
}
