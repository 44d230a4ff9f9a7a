using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>The loaded model as the pipeline sees it: texts become tokens, tokens become logits, logits become scores.</summary>
internal sealed class SentimentModel : IDisposable
{
    /// <summary>What a run of the built-in model costs beside its tokens, in tokens (bench/results: runs of 1 and of 32 rows of 16 tokens compared).</summary>
    private const int RunOverheadTokens = 6;

    private readonly ITokenizer _tokenizer;
    private readonly OnnxModel _graph;
    private readonly DynamicBatcher _batcher;

    public SentimentModel(ModelFolder folder, InferenceOptions options, BatcherMetrics metrics, TimeProvider time)
    {
        Folder = folder;
        _tokenizer = TokenizerLoader.Load(folder.Path, folder.ModelType, folder.MaxTokens);
        _graph = OnnxModel.Load(folder, options.OnnxIntraOpNumThreads);
        DependsOnBatchMates = DynamicQuantization.IsIn(folder.OnnxPath);

        var alone = DependsOnBatchMates && options.Alone;
        _batcher = new DynamicBatcher(
            _graph,
            new BatcherSettings(
                // ProcessorCount is the cgroup quota in whole cores, at least 1.
                options.Workers == 0 ? Environment.ProcessorCount : options.Workers,
                options.QueueSize,
                alone ? 1 : options.BatchTokens,
                RunOverheadTokens,
                folder.MaxTokens,
                _tokenizer.PadId),
            metrics,
            time);
    }

    public ModelFolder Folder { get; }

    /// <summary>Length of the sentence vector; null where the model gives none.</summary>
    public int? EmbeddingSize => _graph.EmbeddingSize;

    /// <summary>True for graphs quantized dynamically: their scales, and so their answers, depend on what else is in the batch.</summary>
    public bool DependsOnBatchMates { get; }

    public TokenizedText Tokenize(string text) => _tokenizer.Tokenize(text);

    /// <summary>Starts the inference of all texts, or of none when the queue has no room for all.</summary>
    /// <param name="texts">Any number of texts.</param>
    /// <param name="wantsEmbedding">Whether to fetch the sentence vectors, too.</param>
    /// <param name="cancellationToken">Takes the texts out of the queue.</param>
    /// <returns>One answer a text, in order; null when the queue is full.</returns>
    public Task<InferenceOutput>[]? TryInfer(IReadOnlyList<TokenizedText> texts, bool wantsEmbedding, CancellationToken cancellationToken)
    {
        var pending = new PendingInference[texts.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingInference(texts[i], wantsEmbedding, cancellationToken);
        }

        if (!_batcher.TryEnqueue(pending))
        {
            Array.ForEach(pending, text => text.Abandon());
            return null;
        }

        return Array.ConvertAll(pending, text => text.Answer);
    }

    /// <summary>Runs a few texts of several lengths, so that the first caller meets a warm session and a grown arena.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        for (var words = 2; words <= Folder.MaxTokens; words *= 4)
        {
            var answers = TryInfer([Tokenize(string.Join(' ', Enumerable.Repeat("warm", words)))], EmbeddingSize is not null, cancellationToken)
                ?? throw new InvalidOperationException("The queue is full before the service is ready.");
            await Task.WhenAll(answers);
        }
    }

    public void Dispose()
    {
        _batcher.Dispose();
        _graph.Dispose();
    }
}
