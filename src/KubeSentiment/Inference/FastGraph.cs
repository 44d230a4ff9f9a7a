using KubeSentiment.Inference.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace KubeSentiment.Inference;

/// <summary>Opens a folder's fast graph and makes sure that it belongs to the folder.</summary>
/// <remarks>
/// What is wrong with a full graph fails its texts, and somebody notices. What the fast graph fails on the full one answers, so a graph that fits no text would only make the service slow. So it is run
/// once before it is taken: on the longest input that the folder allows, the vocabulary's last piece in it.
/// </remarks>
internal static class FastGraph
{
    private const string Remedy = "Take fast.onnx out of the folder, or set MLOPS_CASCADE_ENABLED=false, to have the full model answer alone.";

    /// <summary>A run of it is over before a second thread would be awake.</summary>
    private const int IntraOpThreads = 1;

    /// <summary>Opens the folder's <c>fast.onnx</c> and tries it.</summary>
    /// <exception cref="ModelFolderException">The graph cannot be read, or does not fit its folder.</exception>
    public static async Task<OnnxModel?> LoadAsync(ModelFolder folder, Task<ITokenizer> tokenizer)
    {
        OnnxModel? graph = null;
        try
        {
            graph = await OnnxModel.LoadAsync(folder.FastPath!, folder, IntraOpThreads);
            var longest = new int[folder.MaxTokens];
            longest[^1] = (await tokenizer).Fit.HighestId;
            _ = graph.Run(TokenBatch.Of((await tokenizer).PadId, longest), withEmbedding: false);
            return graph;
        }
        catch (ModelFolderException e)
        {
            graph?.Dispose();
            throw new ModelFolderException($"{e.Message} {Remedy}", e);
        }
        catch (OnnxRuntimeException e)
        {
            graph?.Dispose();
            throw new ModelFolderException(
                $"'{folder.FastPath}' does not read what the folder's tokenizer writes: it fails on {folder.MaxTokens} tokens with ids up to the vocabulary's end. {Remedy}", e);
        }
    }
}
