using KubeSentiment.Inference.Tokenization;

namespace KubeSentiment.Inference;

/// <summary>A model folder with everything in it opened: what must be right before the service listens.</summary>
/// <param name="Folder">What the folder says.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
/// <param name="Graph">Its graph, in a session.</param>
/// <param name="Fingerprint">Hash of the files that decide an answer; see <see cref="ModelFingerprint"/>.</param>
/// <param name="DependsOnBatchMates">True for graphs quantized dynamically: their scales, and so their answers, depend on what else is in the batch.</param>
internal sealed record LoadedModel(ModelFolder Folder, ITokenizer Tokenizer, OnnxModel Graph, string Fingerprint, bool DependsOnBatchMates)
{
    /// <summary>Opens the parts side by side: together they are most of a start.</summary>
    /// <exception cref="ModelFolderException">The model cannot be served; the message says why.</exception>
    public static async Task<LoadedModel> LoadAsync(InferenceOptions options)
    {
        var folder = ModelFolder.Open(options.OnnxModelPath, options.ModelName);
        // The longest first.
        var graph = Task.Run(() => OnnxModel.Load(folder, options.OnnxIntraOpNumThreads));
        var tokenizer = Task.Run(() => TokenizerLoader.Load(folder.Path, folder.ModelType, folder.MaxTokens));
        var fingerprint = Task.Run(() => ModelFingerprint.Compute(folder.Path, folder.OnnxPath));
        var dependsOnBatchMates = Task.Run(() => DynamicQuantization.IsIn(folder.OnnxPath));
        return new LoadedModel(folder, await tokenizer, await graph, await fingerprint, await dependsOnBatchMates);
    }
}
