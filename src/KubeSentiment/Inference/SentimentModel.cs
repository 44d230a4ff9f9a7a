using KubeSentiment.Inference.Tokenization;
using KubeSentiment.Observability;

namespace KubeSentiment.Inference;

/// <summary>The loaded model as the pipeline sees it: texts become tokens, tokens become logits, logits become scores.</summary>
internal sealed class SentimentModel : IDisposable
{
    /// <summary>What a run of the built-in model costs beside its tokens, in tokens (bench/results: runs of 1 and of 32 rows of 16 tokens compared).</summary>
    private const int RunOverheadTokens = 6;

    /// <summary>Longer texts would double the warm-up to make one rare text faster, once.</summary>
    private const int WarmUpWords = 128;

    private readonly LoadedModel _model;
    private readonly DynamicBatcher _batcher;

    public SentimentModel(LoadedModel model, InferenceOptions options, BatcherMetrics metrics, TimeProvider time)
    {
        _model = model;
        var alone = model.DependsOnBatchMates && options.Alone;
        _batcher = new DynamicBatcher(
            model.Graph,
            new BatcherSettings(
                // ProcessorCount is the cgroup quota in whole cores, at least 1.
                options.Workers == 0 ? Environment.ProcessorCount : options.Workers,
                options.Niceness,
                options.QueueSize,
                alone ? 1 : options.BatchTokens,
                RunOverheadTokens,
                model.Folder.MaxTokens,
                model.Tokenizer.PadId),
            metrics,
            time);
    }

    public ModelFolder Folder => _model.Folder;

    /// <summary>The model's version.</summary>
    public string Fingerprint => _model.Fingerprint;

    /// <summary>Length of the sentence vector; null where the model gives none.</summary>
    public int? EmbeddingSize => _model.Graph.EmbeddingSize;

    /// <summary>See <see cref="LoadedModel"/>.</summary>
    public bool DependsOnBatchMates => _model.DependsOnBatchMates;

    public TokenizedText Tokenize(string text) => _model.Tokenizer.Tokenize(text);

    /// <summary>The share of the text's words that the model cannot read; see <see cref="VocabularyFit"/>.</summary>
    public float UnreadableShare(TokenizedText tokens) => _model.Tokenizer.Fit.UnreadableShare(tokens.Ids);

    /// <summary>Starts the inference of all texts, or of none when the queue has no room for all.</summary>
    /// <param name="requests">Any number of texts.</param>
    /// <param name="wantsEmbedding">Whether to fetch the sentence vectors, too.</param>
    /// <returns>One answer a text, in order; null when the queue is full.</returns>
    public Task<InferenceOutput>[]? TryInfer(IReadOnlyList<InferenceRequest> requests, bool wantsEmbedding)
    {
        var pending = new PendingInference[requests.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingInference(requests[i], wantsEmbedding);
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
        for (var words = 2; words <= Math.Min(WarmUpWords, Folder.MaxTokens); words *= 4)
        {
            var answers = TryInfer([new(Tokenize(string.Join(' ', Enumerable.Repeat("warm", words))), cancellationToken)], EmbeddingSize is not null)
                ?? throw new InvalidOperationException("The queue is full before the service is ready.");
            await Task.WhenAll(answers);
        }
    }

    public void Dispose()
    {
        _batcher.Dispose();
        _model.Graph.Dispose();
    }
}
